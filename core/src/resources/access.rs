//! Access to the store for the resources.

use std::cell::RefCell;
use std::sync::Arc;

use super::settings::Settings;
use crate::api::Time;
use crate::authorization::{Action, Authorizer, Decision, User};
use crate::environment::{Clock, UidSource};
use crate::error::{Error, Result};
use crate::store::{Commits, Read, Store, Write};

/// The store for the calls of one user, with what verbs need besides their parameters: settings, clock, new uids, and
/// authorization.
///
/// Every resource holds one. Cloning is cheap; dropping the last clone closes the store.
#[derive(Clone)]
pub(super) struct StoreAccess {
    shared: Arc<Shared>,
    user: Arc<User>,
}

/// What the calls of all users share.
pub(super) struct Shared {
    pub(super) store: Store,
    pub(super) settings: Settings,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) uids: Arc<dyn UidSource>,
    pub(super) authorizer: Arc<dyn Authorizer>,
}

impl StoreAccess {
    /// Access for the calls of `system:admin`.
    pub(super) fn new(shared: Shared) -> Self {
        Self { shared: Arc::new(shared), user: Arc::new(User::system_admin()) }
    }

    /// The same store on behalf of another user.
    pub(super) fn acting_as(&self, user: User) -> Self {
        Self { shared: Arc::clone(&self.shared), user: Arc::new(user) }
    }

    /// The underlying store, for calls that concern it as a whole.
    pub(super) fn store(&self) -> &Store {
        &self.shared.store
    }

    /// Closes the store. There must be no other access to it.
    pub(super) fn close(self) -> Result<()> {
        let shared = Arc::try_unwrap(self.shared).map_err(|_| Error::internal("the store is still in use"))?;
        shared.store.close()
    }

    /// The user on whose behalf calls are made.
    pub(super) fn user(&self) -> &User {
        &self.user
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    pub(super) fn authorize(&self, action: &Action<'_>) -> Decision {
        self.shared.authorizer.authorize(&self.user, action)
    }

    /// Fails if the user may not do this.
    pub(super) fn require(&self, action: &Action<'_>) -> Result<()> {
        match self.authorize(action) {
            Decision::Allow => Ok(()),
            Decision::Deny { reason } => {
                Err(Error::forbidden(action.resource, action.name, action.denied(&self.user, &reason)))
            }
        }
    }

    pub(super) fn commits(&self) -> Arc<Commits> {
        self.shared.store.commits()
    }

    pub(super) fn now(&self) -> Time {
        self.shared.clock.now()
    }

    pub(super) fn uid(&self) -> String {
        self.shared.uids.uid()
    }

    pub(super) fn read(&self) -> Result<Read> {
        self.shared.store.read()
    }

    /// Runs `work` in one transaction, whose writes a dry run drops. It may run more than once ([`Store::write`]).
    pub(super) fn write<T>(&self, dry_run: bool, work: impl Fn(&mut Write) -> Result<T>) -> Result<T> {
        let done = RefCell::new(None);
        self.run(dry_run, &|tx| {
            done.replace(Some(work(tx)?));
            Ok(())
        })?;
        done.into_inner().ok_or_else(|| Error::internal("a transaction has no result"))
    }

    /// One function for the transactions of all verbs, instead of a copy for each.
    fn run(&self, dry_run: bool, work: &dyn Fn(&mut Write) -> Result<()>) -> Result<()> {
        if dry_run { self.shared.store.dry_run(work) } else { self.shared.store.write(work) }
    }
}
