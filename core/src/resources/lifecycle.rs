//! The life cycle of images and streams: creation, replacement, deletion.

use super::Preconditions;
use crate::api::{ManagedFieldsEntry, ObjectMeta, Resource, Time};
use crate::error::{Error, Result, Subject};
use crate::quote::Quoted;
use crate::rules::{self, FieldCause, FieldError};

/// How many generated names to try.
const NAME_ATTEMPTS: usize = 8;
/// The finalizers that the garbage collector of Kubernetes removes when it has handled the dependents of an object.
const OF_GARBAGE_COLLECTOR: [&str; 2] = ["foregroundDeletion", "orphan"];

/// The error for an invalid object; `Ok` if there are no causes.
pub(super) fn valid<T: Resource>(name: &str, causes: Vec<FieldError>) -> Result<()> {
    if causes.is_empty() {
        return Ok(());
    }
    Err(Error::invalid(Subject::Kind(T::KIND), name, causes))
}

pub(super) fn not_found<T: Resource>(name: &str) -> Error {
    Error::not_found(T::PLURAL, name)
}

/// Sets the namespace of an object that is sent to a namespace; it must be that one or empty.
pub(super) fn enter_namespace(metadata: &mut ObjectMeta, namespace: &str) -> Result<()> {
    if metadata.namespace.is_empty() {
        namespace.clone_into(&mut metadata.namespace);
    }
    if metadata.namespace == namespace {
        return Ok(());
    }
    Err(Error::bad_request("the namespace of the provided object does not match the namespace sent on the request"))
}

/// Sets what only the store may set in a new object, its uid and creation time, and clears what else a client may not
/// set.
pub(super) fn begin(metadata: &mut ObjectMeta, uid: String, now: Time) {
    metadata.uid = uid;
    metadata.creation_timestamp = Some(now);
    metadata.deletion_timestamp = None;
    metadata.deletion_grace_period_seconds = None;
    metadata.self_link.clear();
}

/// A new object must not have a resource version. Parity: a dry run accepts one, and returns it.
pub(super) fn without_version(metadata: &mut ObjectMeta, dry_run: bool) -> Result<()> {
    if dry_run {
        return Ok(());
    }
    if let Ok(1_u64..) = metadata.resource_version.parse() {
        return Err(Error::unclassified("resourceVersion should not be set on objects to be created"));
    }
    metadata.resource_version.clear();
    Ok(())
}

/// Generates a name from a `generateName` and the random digits of a uid.
pub(super) fn generated_name(prefix: &str, uid: &str) -> String {
    let digits = uid.bytes().filter_map(|byte| char::from(byte).to_digit(16));
    let mut random = [0; 5];
    // Two digits per letter; the first ten digits of a version 4 uid are all random.
    for (index, digit) in digits.take(random.len() * 2).enumerate() {
        if let (Some(letter), Ok(digit)) = (random.get_mut(index / 2), u8::try_from(digit)) {
            *letter = *letter << 4 | digit;
        }
    }
    rules::generated_name(prefix, random)
}

/// Chooses the name of a new object: its own name, or an unused one generated from its `generateName`.
///
/// `find` returns the metadata of the object with a given name.
pub(super) fn place<T: Resource>(
    metadata: &mut ObjectMeta,
    generated: bool,
    uid: &dyn Fn() -> String,
    find: &dyn Fn(&str) -> Result<Option<ObjectMeta>>,
) -> Result<()> {
    let mut taken = find(&metadata.name)?;
    let mut attempts = 1;
    while generated && taken.is_some() && attempts < NAME_ATTEMPTS {
        metadata.name = generated_name(&metadata.generate_name, &uid());
        taken = find(&metadata.name)?;
        attempts += 1;
    }
    match taken {
        None => Ok(()),
        Some(taken) => Err(Error::already_exists(T::PLURAL, metadata.name.clone(), taken.deletion_timestamp.is_some())),
    }
}

/// Checks that an object that was sent whole has the uid of the stored one, or none.
///
/// For a patched object the validation of metadata checks this, with another error.
pub(super) fn check_uid<T: Resource>(sent: &ObjectMeta, stored: &ObjectMeta, dry_run: bool) -> Result<()> {
    if sent.uid.is_empty() || sent.uid == stored.uid {
        return Ok(());
    }
    // The real server shows the key of the row in etcd; in a dry run, only the part that it knows before it asks etcd.
    let prefix = if dry_run { "" } else { "/openshift.io" };
    let place = if stored.namespace.is_empty() { String::new() } else { format!("{}/", stored.namespace) };
    let reason = format!(
        "StorageError: invalid object, Code: 4, Key: {prefix}/{}/{place}{}, ResourceVersion: 0, \
         AdditionalErrorMsg: Precondition failed: UID in precondition: {}, UID in object meta: {}",
        T::PLURAL,
        stored.name,
        sent.uid,
        stored.uid
    );
    Err(Error::conflict(T::PLURAL, stored.name.clone(), reason))
}

/// Checks that an object may replace the stored one, and sets what only the store may set.
///
/// The sent object must have the stored resource version. Fields that a client may not change are silently restored, as
/// the real server does.
pub(super) fn replace<T: Resource>(sent: &mut ObjectMeta, stored: &ObjectMeta) -> Result<()> {
    match &*sent.resource_version {
        "" | "0" => {
            // The real server names the resource instead of the kind here, and nowhere else.
            return Err(Error::invalid(
                Subject::Kind(T::PLURAL),
                stored.name.clone(),
                vec![FieldError {
                    cause: FieldCause::Invalid,
                    field: "metadata.resourceVersion".to_owned(),
                    message: "Invalid value: 0: must be specified for an update".to_owned(),
                }],
            ));
        }
        version if version == stored.resource_version => {}
        version if version.parse::<u64>().is_err() => {
            return Err(Error::unclassified(format!("strconv.ParseUint: parsing {}: invalid syntax", Quoted(version))));
        }
        _ => {
            let reason = "the object has been modified; please apply your changes to the latest version and try again";
            return Err(Error::conflict(T::PLURAL, stored.name.clone(), reason));
        }
    }
    if sent.uid.is_empty() {
        sent.uid.clone_from(&stored.uid);
    }
    sent.creation_timestamp = stored.creation_timestamp;
    sent.deletion_timestamp = stored.deletion_timestamp;
    sent.deletion_grace_period_seconds = stored.deletion_grace_period_seconds;
    sent.generation = stored.generation;
    sent.self_link.clone_from(&stored.self_link);
    keep_managed_fields(sent, stored);
    Ok(())
}

/// Keeps the stored `managedFields` if a client omits them; one empty entry clears them.
pub(super) fn keep_managed_fields(sent: &mut ObjectMeta, stored: &ObjectMeta) {
    match sent.managed_fields.as_slice() {
        [] => sent.managed_fields.clone_from(&stored.managed_fields),
        [entry] if *entry == ManagedFieldsEntry::default() => sent.managed_fields.clear(),
        _ => {}
    }
}

/// Whether an object that is being deleted has no finalizers left.
pub(super) fn may_go(metadata: &ObjectMeta) -> bool {
    metadata.deletion_timestamp.is_some() && !metadata.finalizers.iter().any(|finalizer| is_waited_for(finalizer))
}

/// Checks the preconditions of a deletion.
pub(super) fn check_preconditions<T: Resource>(metadata: &ObjectMeta, wanted: &Preconditions) -> Result<()> {
    let conflict = |what: &str, wanted: &str, found: &str, then: &str| {
        Err(Error::conflict(
            T::KIND,
            metadata.name.clone(),
            format!(
                "the {what} in the precondition ({wanted}) does not match the {what} in record ({found}). \
                 The object might have been {then}"
            ),
        ))
    };
    match (&wanted.uid, &wanted.resource_version) {
        (Some(uid), _) if *uid != metadata.uid => conflict("UID", uid, &metadata.uid, "deleted and then recreated"),
        (_, Some(version)) if *version != metadata.resource_version => {
            conflict("ResourceVersion", version, &metadata.resource_version, "modified")
        }
        _ => Ok(()),
    }
}

/// Whether somebody will remove a finalizer. The store has no garbage collector.
fn is_waited_for(finalizer: &str) -> bool {
    !OF_GARBAGE_COLLECTOR.contains(&finalizer)
}

/// Removes the finalizers of the garbage collector from an object that is deleted.
///
/// The real server adds `foregroundDeletion` or `orphan` if the propagation policy asks for it; its garbage collector
/// removes them.
pub(super) fn keep_waited_for(metadata: &mut ObjectMeta) {
    metadata.finalizers.retain(|finalizer| is_waited_for(finalizer));
}

/// Marks an object that waits for its finalizers as being deleted.
pub(super) fn mark_deleted(metadata: &mut ObjectMeta, now: Time) {
    if metadata.deletion_timestamp.is_none() {
        metadata.deletion_timestamp = Some(now);
        if metadata.generation > 0 {
            metadata.generation = metadata.generation.saturating_add(1);
        }
    }
    metadata.deletion_grace_period_seconds = Some(0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ImageStream;
    use crate::error::ErrorKind;

    #[test]
    fn generated_names_depend_on_the_uid() {
        let name = |uid| generated_name("app-", uid);
        assert_eq!(name("2b1a1c4e-6ad9-4b1c-9f3b-6a2c1d0e9f88").len(), "app-".len() + 5);
        assert_ne!(name("2b1a1c4e-6ad9-4b1c-9f3b-6a2c1d0e9f88"), name("2b1a1c4e-6bd9-4b1c-9f3b-6a2c1d0e9f88"));
        assert_eq!(name("").len(), "app-".len() + 5);
    }

    #[test]
    fn a_generated_name_that_exists_is_generated_again() {
        let mut metadata =
            ObjectMeta { name: "app1".to_owned(), generate_name: "app".to_owned(), ..ObjectMeta::default() };
        let find = |name: &str| Ok((name == "app1").then(ObjectMeta::default));
        place::<ImageStream>(&mut metadata, true, &|| "ab".to_owned(), &find).unwrap();
        assert_ne!(metadata.name, "app1");
        let taken =
            place::<ImageStream>(&mut metadata, true, &|| "ab".to_owned(), &|_| Ok(Some(ObjectMeta::default())));
        assert!(matches!(taken.as_ref().map_err(Error::kind), Err(ErrorKind::AlreadyExists { deleting: false, .. })));
    }
}
