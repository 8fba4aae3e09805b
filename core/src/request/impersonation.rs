//! Impersonation: the headers `Impersonate-User`, `Impersonate-Group`, `Impersonate-Uid` and `Impersonate-Extra-*` of
//! Kubernetes.
//!
//! The authorizer decides who may impersonate whom: the verb `impersonate` on `users`, `groups` and `serviceaccounts`
//! of the core group, and on `uids` and `userextras/KEY` of `authentication.k8s.io`, each by name.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::failure::Failure;
use super::path::unescape;
use crate::ImageStore;
use crate::authorization::{Action, Decision, User};

/// The prefix of all headers.
pub(super) const PREFIX: &str = "impersonate-";
const USER: HeaderName = HeaderName::from_static("impersonate-user");
const GROUP: HeaderName = HeaderName::from_static("impersonate-group");
const UID: HeaderName = HeaderName::from_static("impersonate-uid");
const EXTRA: &str = "impersonate-extra-";

/// The API group of `uids` and `userextras`.
const AUTHENTICATION: &str = "authentication.k8s.io";

const ANONYMOUS: &str = "system:anonymous";
const AUTHENTICATED: &str = "system:authenticated";
const UNAUTHENTICATED: &str = "system:unauthenticated";
const SERVICE_ACCOUNT: &str = "system:serviceaccount:";
const SERVICE_ACCOUNTS: &str = "system:serviceaccounts";

/// Whether a request has such headers.
pub(super) fn is_requested(headers: &HeaderMap) -> bool {
    [USER, GROUP, UID].iter().any(|name| headers.get_all(name).iter().any(|value| !value.is_empty()))
        || headers.keys().any(|name| name.as_str().starts_with(EXTRA))
}

/// The user that a request impersonates, if the user of `store` may do that.
///
/// # Errors
///
/// 403 if it may not; 500 if a group, a uid or an extra value is set without a user, as the API server responds.
pub(super) fn impersonated(store: &ImageStore, headers: &HeaderMap) -> Result<User, Failure> {
    let texts = |name: &HeaderName| headers.get_all(name).iter().map(text).collect::<Vec<_>>();
    let named = |name: &HeaderName| texts(name).into_iter().next().unwrap_or_default();
    let mut user = User { name: named(&USER), uid: named(&UID), groups: texts(&GROUP), extra: extra(headers) };
    if user.name.is_empty() {
        let reason = "Internal error occurred: impersonation of a group, a uid or extra fields without a user";
        return Err(Failure::of_server(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", reason));
    }
    let account = service_account(&user.name);
    require_all(store, &user, account)?;
    if let (Some((namespace, _)), true) = (account, user.groups.is_empty()) {
        user.groups = vec![SERVICE_ACCOUNTS.to_owned(), format!("{SERVICE_ACCOUNTS}:{namespace}")];
    }
    let (implied, unless): (_, &[&str]) = match user.name.as_str() {
        ANONYMOUS => (UNAUTHENTICATED, &[UNAUTHENTICATED]),
        _ => (AUTHENTICATED, &[AUTHENTICATED, UNAUTHENTICATED]),
    };
    if !user.groups.iter().any(|group| unless.contains(&group.as_str())) {
        user.groups.push(implied.to_owned());
    }
    Ok(user)
}

/// Requires the permission for everything that was requested.
fn require_all(store: &ImageStore, user: &User, account: Option<(&str, &str)>) -> Result<(), Failure> {
    let of = |group, resource, subresource, namespace, name| Action {
        verb: "impersonate",
        group,
        resource,
        subresource,
        namespace,
        name,
    };
    let require = |action: Action<'_>| match store.authorize(&action) {
        Decision::Allow => Ok(()),
        Decision::Deny { reason } => Err(Failure::denied(&action, store.user(), &reason)),
    };
    match account {
        Some((namespace, name)) => require(of("", "serviceaccounts", "", namespace, name))?,
        None => require(of("", "users", "", "", &user.name))?,
    }
    for group in &user.groups {
        require(of("", "groups", "", "", group))?;
    }
    for (key, values) in &user.extra {
        for value in values {
            require(of(AUTHENTICATION, "userextras", key, "", value))?;
        }
    }
    if user.uid.is_empty() { Ok(()) } else { require(of(AUTHENTICATION, "uids", "", "", &user.uid)) }
}

/// The extra attributes of the user. The key is the rest of the header's name, in lower case; characters that can't be
/// in a header name are percent-encoded.
fn extra(headers: &HeaderMap) -> BTreeMap<String, Vec<String>> {
    let mut extra = BTreeMap::<String, Vec<String>>::new();
    for (name, value) in headers {
        if let Some(key) = name.as_str().strip_prefix(EXTRA) {
            // An invalid encoding is left as it is.
            extra.entry(unescape(key).unwrap_or_else(|| key.to_owned())).or_default().push(text(value));
        }
    }
    extra
}

/// The namespace and the name in the user name of a service account.
fn service_account(user: &str) -> Option<(&str, &str)> {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte))
    };
    let (namespace, name) = user.strip_prefix(SERVICE_ACCOUNT)?.split_once(':')?;
    (is_name(namespace) && is_name(name)).then_some((namespace, name))
}

/// Header values are bytes; names are UTF-8.
fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use bytes::Bytes;
    use http::{Request, Response};

    use super::*;
    use crate::request::{Body, handle};
    use crate::{Authorizer, Builder, FixedClock, UidSource};

    /// `admin` may do everything, `helper` is allowed specific names, and everybody else may read.
    #[derive(Default)]
    struct Rules {
        asked: Mutex<Vec<String>>,
    }

    impl Authorizer for Rules {
        fn authorize(&self, user: &User, action: &Action<'_>) -> Decision {
            let Action { verb, group, resource, subresource, namespace, name } = *action;
            let text = format!("{} {verb} {group}/{resource}/{subresource} {namespace}/{name}", user.name);
            self.asked.lock().unwrap().push(text);
            let allowed = match user.name.as_str() {
                "admin" => true,
                "helper" => verb == "impersonate" && matches!(name, "reader" | "readers"),
                _ => matches!(verb, "get" | "list"),
            };
            if allowed { Decision::Allow } else { Decision::Deny { reason: "No policy matched.".to_owned() } }
        }
    }

    struct Zero;

    impl UidSource for Zero {
        fn uid(&self) -> String {
            "00000000-0000-0000-0000-000000000000".to_owned()
        }
    }

    fn headers(headers: &[(&str, &str)]) -> HeaderMap {
        let pairs = headers
            .iter()
            .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap()));
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, value);
        }
        headers
    }

    fn store(rules: &Arc<Rules>) -> ImageStore {
        let clock = Arc::new(FixedClock("2026-01-02T03:04:05Z".parse().unwrap()));
        let builder = Builder::new(clock, Arc::new(Zero)).authorizer(Arc::clone(rules) as Arc<dyn Authorizer>);
        builder.require_identity(true).open_in_memory().unwrap()
    }

    /// Sends a request as `user`; returns the status, the message, and the questions to the authorizer.
    fn send(user: &str, method: &str, pairs: &[(&str, &str)]) -> (u16, String, Vec<String>) {
        let rules = Arc::new(Rules::default());
        let path = "/apis/image.openshift.io/v1/namespaces/shop/imagestreams";
        let mut request = Request::builder().method(method).uri(path).body(Bytes::new()).unwrap();
        *request.headers_mut() = headers(pairs);
        let user = User { name: user.to_owned(), ..User::default() };
        let response: Response<Body> = handle(&store(&rules), &request, Some(user));
        let code = response.status().as_u16();
        let body: serde_json::Value = serde_json::from_slice(&response.into_body().into_bytes()).unwrap();
        let asked = rules.asked.lock().unwrap().clone();
        (code, body["message"].as_str().unwrap_or_default().to_owned(), asked)
    }

    #[test]
    fn an_impersonating_admin_has_only_the_rights_of_the_user() {
        let reader = [("Impersonate-User", "reader"), ("Impersonate-Group", "readers")];
        let (code, message, asked) = send("admin", "DELETE", &reader);
        assert_eq!(code, 403, "{message}");
        assert!(message.contains("User \"reader\" cannot deletecollection resource \"imagestreams\""), "{message}");
        assert_eq!(
            asked,
            [
                "admin impersonate /users/ /reader",
                "admin impersonate /groups/ /readers",
                "reader deletecollection image.openshift.io/imagestreams/ shop/"
            ]
        );
        assert_eq!(send("admin", "GET", &reader).0, 200);
        assert_eq!(send("helper", "GET", &reader).0, 200);
        assert_eq!(send("admin", "DELETE", &[]).0, 200);
    }

    #[test]
    fn each_requested_attribute_needs_permission() {
        let (code, message, _) = send("bob", "GET", &[("Impersonate-User", "alice")]);
        assert_eq!(code, 403);
        assert_eq!(
            message,
            "users \"alice\" is forbidden: User \"bob\" cannot impersonate resource \"users\" in API group \"\" at the \
             cluster scope: No policy matched."
        );
        let reader = ("Impersonate-User", "reader");
        for (header, value, refused) in [
            ("Impersonate-Group", "admins", "groups \"admins\""),
            ("Impersonate-Uid", "7", "uids.authentication.k8s.io \"7\""),
            (
                "Impersonate-Extra-Scopes",
                "view",
                "resource \"userextras/scopes\" in API group \"authentication.k8s.io\"",
            ),
            ("Impersonate-Extra-Acme.com%2fProject", "x", "resource \"userextras/acme.com/project\""),
        ] {
            let (code, message, _) = send("helper", "GET", &[reader, (header, value)]);
            assert_eq!(code, 403, "{header}");
            assert!(message.contains(refused), "{header}: {message}");
        }
        let account = [("Impersonate-User", "system:serviceaccount:shop:builder")];
        let (code, message, _) = send("helper", "GET", &account);
        assert_eq!(code, 403);
        assert!(message.starts_with("serviceaccounts \"builder\" is forbidden"), "{message}");
        assert!(message.contains("in the namespace \"shop\""), "{message}");
    }

    #[test]
    fn nothing_is_impersonated_without_a_user() {
        for header in ["Impersonate-Group", "Impersonate-Uid", "Impersonate-Extra-Scopes"] {
            let (code, message, asked) = send("admin", "GET", &[(header, "x")]);
            assert_eq!((code, asked.as_slice()), (500, &[][..]), "{header}: {message}");
            assert!(message.contains("without a user"), "{message}");
        }
        // As in the API server, an empty name counts as absent.
        assert_eq!(send("admin", "GET", &[("Impersonate-User", "")]).0, 200);
        assert_eq!(send("admin", "GET", &[("Impersonate-User", ""), ("Impersonate-Group", "x")]).0, 500);
    }

    #[test]
    fn groups_follow_from_the_user() {
        let store = store(&Arc::default()).acting_as(User { name: "admin".to_owned(), ..User::default() });
        let user = |pairs: &[(&str, &str)]| impersonated(&store, &headers(pairs)).unwrap();
        let groups = |pairs: &[(&str, &str)]| user(pairs).groups;
        assert_eq!(groups(&[("Impersonate-User", "bob")]), [AUTHENTICATED]);
        let dev = [("Impersonate-User", "bob"), ("Impersonate-Group", "dev"), ("Impersonate-Group", "ops")];
        assert_eq!(groups(&dev), ["dev", "ops", AUTHENTICATED]);
        let nobody = [("Impersonate-User", "bob"), ("Impersonate-Group", UNAUTHENTICATED)];
        assert_eq!(groups(&nobody), [UNAUTHENTICATED]);
        assert_eq!(groups(&[("Impersonate-User", ANONYMOUS)]), [UNAUTHENTICATED]);
        assert_eq!(
            groups(&[("Impersonate-User", "system:serviceaccount:shop:builder")]),
            ["system:serviceaccounts", "system:serviceaccounts:shop", AUTHENTICATED]
        );
        let known = user(&[
            ("Impersonate-User", "bob"),
            ("Impersonate-Uid", "7"),
            ("Impersonate-Extra-Scopes", "view"),
            ("Impersonate-Extra-Scopes", "edit"),
            ("Impersonate-Extra-a%2Fb%zz", "x"),
        ]);
        assert_eq!((known.name.as_str(), known.uid.as_str()), ("bob", "7"));
        assert_eq!(known.extra["scopes"], ["view", "edit"]);
        assert_eq!(known.extra["a%2fb%zz"], ["x"], "a key that is not encoded properly stays as it is");
    }

    #[test]
    fn an_unauthenticated_request_can_not_impersonate() {
        let store = store(&Arc::default());
        let get = |path: &str, pairs: &[(&str, &str)]| {
            let mut request = Request::get(path).body(Bytes::new()).unwrap();
            *request.headers_mut() = headers(pairs);
            handle(&store, &request, None).status().as_u16()
        };
        let admin = [("Impersonate-User", "admin")];
        assert_eq!(get("/healthz", &[]), 200);
        assert_eq!(get("/version", &[]), 200);
        assert_eq!(get("/healthz", &admin), 401);
        assert_eq!(get("/apis", &[]), 401);
        assert_eq!(get("/nowhere", &[]), 401);
        assert_eq!(get("/apis/image.openshift.io/v1/images", &admin), 401);
    }
}
