//! Health checks: `/healthz`, `/livez`, `/readyz`, and one page for each check.

use http::Response;

use super::body::Body;
use super::options::Query;
use super::response::text;
use crate::error::Error;

/// The check that depends on the store; the others always succeed. The real server keeps its objects in etcd.
const STORE: &str = "etcd";

/// Whether a path is that of a check or of a group of checks.
pub(super) fn is_check(path: &str) -> bool {
    ["/healthz", "/livez", "/readyz"].iter().any(|kind| path.starts_with(kind))
}

/// The response to a request for `path`, which is one of `paths`. `failure` is the reason why the store refuses writes.
///
/// Parity: a group lists its checks if the query has `verbose`, or if one of them has failed. Its reason is withheld,
/// because the page needs no authentication. Checks in `exclude` count as successful.
pub(super) fn answer(path: &str, paths: &[&str], query: &Query, failure: Option<&Error>) -> Response<Body> {
    let (group, check) = path.split_at(path.get(1..).and_then(|path| path.find('/')).map_or(path.len(), |at| at + 1));
    let group = group.trim_start_matches('/');
    if let Some(check) = check.strip_prefix('/') {
        return match failure.filter(|_| check == STORE) {
            Some(failure) => text(500, format!("internal server error: {failure}\n")),
            None => text(200, "ok"),
        };
    }
    let mut lines = String::new();
    let mut failed = false;
    for path in paths {
        let Some(check) = path.strip_prefix('/').and_then(|path| path.strip_prefix(group)?.strip_prefix('/')) else {
            continue;
        };
        let line = if query.all("exclude").any(|excluded| excluded == check) {
            format!("[+]{check} excluded: ok\n")
        } else if check == STORE && failure.is_some() {
            failed = true;
            format!("[-]{check} failed: reason withheld\n")
        } else {
            format!("[+]{check} ok\n")
        };
        lines.push_str(&line);
    }
    if failed {
        text(500, format!("{lines}{group} check failed\n"))
    } else if query.get("verbose").is_some() {
        text(200, format!("{lines}{group} check passed\n"))
    } else {
        text(200, "ok")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    const PATHS: [&str; 5] = ["/healthz", "/healthz/etcd", "/readyz", "/readyz/etcd", "/readyz/ping"];

    fn answered(path: &str, query: &str, failure: Option<&Error>) -> (u16, String) {
        let response = answer(path, &PATHS, &Query::parse(query), failure);
        (response.status().as_u16(), String::from_utf8(response.into_body().into_bytes().to_vec()).unwrap())
    }

    #[test]
    fn a_group_lists_its_checks_if_asked_or_if_one_failed() {
        let failure = Error::from(ErrorKind::ReadOnly);
        let ok = || "ok".to_owned();
        assert_eq!(answered("/readyz", "", None), (200, ok()));
        let verbose = "[+]etcd ok\n[+]ping ok\nreadyz check passed\n";
        assert_eq!(answered("/readyz", "verbose", None), (200, verbose.to_owned()));
        let failed = "[-]etcd failed: reason withheld\n[+]ping ok\nreadyz check failed\n";
        assert_eq!(answered("/readyz", "", Some(&failure)), (500, failed.to_owned()));
        assert_eq!(answered("/readyz", "exclude=etcd", Some(&failure)), (200, ok()));
        assert_eq!(answered("/readyz/ping", "", Some(&failure)), (200, ok()));
        let (status, reason) = answered("/healthz/etcd", "", Some(&failure));
        assert_eq!((status, reason.contains("reading only")), (500, true), "{reason}");
    }
}
