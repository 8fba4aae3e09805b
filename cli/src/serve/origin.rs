//! Refusing cross-origin requests of browsers.
//!
//! Any web page that is opened on this machine can make the browser send requests to a server on it. Without a token
//! such a request would have the rights of the person who opened the page. Browsers state the origin of a request in
//! headers that a page can't set; other programs do not send them.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::Authority;

/// The browser's header with the relation between the requesting page and the server.
const FETCH_SITE: &str = "sec-fetch-site";

/// The host names of the server, besides those of the loopback interface.
#[derive(Debug, Default)]
pub(super) struct Hosts(Vec<String>);

impl Hosts {
    pub(super) fn new(allowed: &[String]) -> Self {
        Self(allowed.iter().map(|host| host.to_ascii_lowercase()).collect())
    }

    /// Checks that the request is for one of the host names. A page can make its own name resolve to this machine (DNS
    /// rebinding): then its origin is that of the server, but the host name is wrong.
    ///
    /// # Errors
    ///
    /// The reason for the refusal.
    pub(super) fn check_host(&self, request: &Parts) -> Result<(), String> {
        let headers = request.headers.get_all(HOST).iter().map(|host| host.to_str().unwrap_or_default());
        let mut hosts = request.uri.authority().map(Authority::as_str).into_iter().chain(headers).peekable();
        if hosts.peek().is_none() {
            return Err("the request names no host".to_owned());
        }
        match hosts.find(|host| !self.contains(host)) {
            None => Ok(()),
            Some(host) => Err(format!("host {host:?} is neither a loopback address nor one of --allowed-hosts")),
        }
    }

    fn contains(&self, authority: &str) -> bool {
        let Ok(authority) = authority.parse::<Authority>() else { return false };
        let host = authority.host().to_ascii_lowercase();
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&host);
        let is_loopback = address.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
        is_loopback || host == "localhost" || host.ends_with(".localhost") || self.0.iter().any(|name| *name == address)
    }
}

/// Checks that the request does not come from a page of another origin.
///
/// # Errors
///
/// The reason for the refusal.
pub(super) fn check_origin(request: &Parts) -> Result<(), String> {
    let headers = &request.headers;
    let own = headers.get(HOST).and_then(|host| host.to_str().ok()).or(request.uri.authority().map(Authority::as_str));
    for origin in headers.get_all(ORIGIN) {
        let origin = origin.to_str().unwrap_or_default();
        // A port has only one scheme. Behind a proxy that terminates TLS, the scheme differs from the server's.
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        let is_own = authority.zip(own).is_some_and(|(origin, own)| origin.eq_ignore_ascii_case(own));
        if !is_own {
            return Err(format!("the request comes from a page of another origin, {origin:?}"));
        }
    }
    // Different ports of a host are the same site, but different origins; `none` means that the user entered the
    // address.
    let foreign = headers.get_all(FETCH_SITE).iter().find(|site| *site != "same-origin" && *site != "none");
    match foreign {
        None => Ok(()),
        Some(site) => Err(format!("the request comes from a page of another origin (Sec-Fetch-Site: {site:?})")),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn parts(uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::get(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn only_loopback_and_allowed_names_are_hosts() {
        let hosts = Hosts::new(&["Registry.Example.com".to_owned(), "192.0.2.7".to_owned()]);
        let check = |host: &str| hosts.check_host(&parts("/apis", &[("Host", host)])).is_ok();
        for known in [
            "127.0.0.1:8080",
            "127.9.9.9",
            "localhost:1",
            "LOCALHOST",
            "web.localhost",
            "[::1]:8080",
            "[::ffff:127.0.0.1]",
            "registry.example.com:443",
            "192.0.2.7",
        ] {
            assert!(check(known), "{known}");
        }
        for foreign in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "0.0.0.0:8080",
            "[::]:8080",
            "192.0.2.8",
            "",
            "a b",
            "evil.example@127.0.0.1@",
        ] {
            assert!(!check(foreign), "{foreign}");
        }
    }

    #[test]
    fn every_host_of_a_request_counts() {
        let check = |uri: &str, headers: &[(&str, &str)]| Hosts::default().check_host(&parts(uri, headers)).is_ok();
        assert!(!check("/apis", &[]));
        assert!(check("http://127.0.0.1:80/apis", &[("Host", "127.0.0.1:80")]));
        assert!(!check("http://evil.example/apis", &[("Host", "127.0.0.1:80")]));
        assert!(!check("/apis", &[("Host", "127.0.0.1"), ("Host", "evil.example")]));
    }

    #[test]
    fn pages_of_other_origins_are_refused() {
        let check = |headers: &[(&str, &str)]| {
            let headers: Vec<_> = [("Host", "127.0.0.1:8080")].into_iter().chain(headers.iter().copied()).collect();
            check_origin(&parts("/apis", &headers)).is_ok()
        };
        assert!(check(&[]));
        assert!(check(&[("Origin", "http://127.0.0.1:8080"), ("Sec-Fetch-Site", "same-origin")]));
        assert!(check(&[("Origin", "https://127.0.0.1:8080")]));
        assert!(check(&[("Sec-Fetch-Site", "none")]));
        for origin in
            ["null", "http://evil.example", "http://127.0.0.1", "http://127.0.0.1:3000", "http://localhost:8080"]
        {
            assert!(!check(&[("Origin", origin)]), "{origin}");
        }
        assert!(!check(&[("Origin", "http://127.0.0.1:8080"), ("Origin", "http://evil.example")]));
        for site in ["cross-site", "same-site", "new-site"] {
            assert!(!check(&[("Sec-Fetch-Site", site)]), "{site}");
        }
    }
}
