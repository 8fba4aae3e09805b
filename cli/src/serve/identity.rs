//! Authentication: the user of a bearer token or of a client certificate.

use axum::http::header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL};
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use imagestream::User;
use x509_parser::prelude::{FromDer as _, X509Certificate, X509Name};

use super::reloaded::Reloaded;
use super::tokens::Tokens;

/// The group of all authenticated users.
pub(super) const AUTHENTICATED: &str = "system:authenticated";

/// How a page sends a token with a WebSocket, whose headers it can't set: a subprotocol with this prefix and the token
/// in base64url without padding.
const WEB_SOCKET_TOKEN: &str = "base64url.bearer.authorization.k8s.io.";

/// The ways to authenticate.
#[derive(Default)]
pub(super) struct Authentication {
    pub(super) tokens: Option<Reloaded<Tokens>>,
    pub(super) client_certificates: bool,
}

/// The identity of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Identity {
    /// The user of a token.
    Token(User),
    /// The user of the connection's client certificate. A browser sends it automatically, whichever page makes the
    /// request.
    Certificate(User),
    /// Not authenticated.
    Unknown,
}

impl Identity {
    pub(super) fn into_user(self) -> Option<User> {
        match self {
            Self::Token(user) | Self::Certificate(user) => Some(user),
            Self::Unknown => None,
        }
    }
}

impl Authentication {
    /// Whether callers must authenticate.
    pub(super) fn is_required(&self) -> bool {
        self.tokens.is_some() || self.client_certificates
    }

    /// The identity of a request with these headers over a connection with this client certificate. As in Kubernetes,
    /// the certificate takes precedence.
    ///
    /// A token in a subprotocol is removed from the headers, so that it is not sent back.
    pub(super) fn identify(&self, headers: &mut HeaderMap, certificate: Option<&User>) -> Identity {
        let in_protocol = take_web_socket_token(headers);
        if let Some(user) = certificate {
            return Identity::Certificate(user.clone());
        }
        let Some(tokens) = &self.tokens else { return Identity::Unknown };
        let Some(token) = bearer_token(headers).or(in_protocol) else { return Identity::Unknown };
        tokens.get().user(&token).map_or(Identity::Unknown, |user| Identity::Token(user.clone()))
    }
}

fn bearer_token(headers: &HeaderMap) -> Option<String> {
    let mut parts = headers.get(AUTHORIZATION)?.to_str().ok()?.trim().split(' ');
    let is_bearer = parts.next()?.eq_ignore_ascii_case("bearer");
    parts.next().filter(|_| is_bearer).map(str::to_owned)
}

/// Removes the token from the subprotocols. As in Kubernetes, the client must offer another one, to be selected.
fn take_web_socket_token(headers: &mut HeaderMap) -> Option<String> {
    let values = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    let protocols: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    let (tokens, others): (Vec<&str>, Vec<&str>) =
        protocols.iter().partition(|protocol| protocol.starts_with(WEB_SOCKET_TOKEN));
    let encoded = tokens.first()?.strip_prefix(WEB_SOCKET_TOKEN)?;
    let token = URL_SAFE_NO_PAD.decode(encoded).ok().and_then(|token| String::from_utf8(token).ok());
    let is_alone = others.is_empty();
    match HeaderValue::from_str(&others.join(", ")) {
        Ok(others) if !is_alone => drop(headers.insert(SEC_WEBSOCKET_PROTOCOL, others)),
        _ => drop(headers.remove(SEC_WEBSOCKET_PROTOCOL)),
    }
    token.filter(|_| !is_alone)
}

/// The user of a client certificate: the common name is the user, the organizations are its groups.
pub(super) fn certified_user(der: &[u8]) -> Option<User> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let subject: &X509Name<'_> = certificate.subject();
    let name = subject.iter_common_name().next()?.as_str().ok().filter(|name| !name.is_empty())?;
    let groups = subject.iter_organization().filter_map(|group| group.as_str().ok());
    let groups = groups.chain([AUTHENTICATED]).map(str::to_owned).collect();
    Some(User { name: name.to_owned(), groups, ..User::default() })
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, KeyPair};

    use super::*;

    fn authorization(value: &str) -> Option<String> {
        bearer_token(&HeaderMap::from_iter([(AUTHORIZATION, value.parse().unwrap())]))
    }

    #[test]
    fn the_bearer_scheme_is_case_insensitive() {
        assert_eq!(authorization("Bearer t1").as_deref(), Some("t1"));
        assert_eq!(authorization("bearer t2").as_deref(), Some("t2"));
        for none in ["Bearer", "Basic t1", "t1", ""] {
            assert_eq!(authorization(none), None, "{none:?}");
        }
    }

    #[test]
    fn a_token_is_removed_from_the_subprotocols() {
        let mut headers = HeaderMap::new();
        let protocols = "base64url.bearer.authorization.k8s.io.bXl0b2tlbg, base64.binary.k8s.io";
        headers.insert(SEC_WEBSOCKET_PROTOCOL, protocols.parse().unwrap());
        assert_eq!(take_web_socket_token(&mut headers).as_deref(), Some("mytoken"));
        assert_eq!(headers.get(SEC_WEBSOCKET_PROTOCOL).unwrap(), "base64.binary.k8s.io");
        assert_eq!(take_web_socket_token(&mut headers), None);
        headers.insert(SEC_WEBSOCKET_PROTOCOL, format!("{WEB_SOCKET_TOKEN}bXl0b2tlbg").parse().unwrap());
        assert_eq!(take_web_socket_token(&mut headers), None, "it requires another subprotocol");
        assert!(!headers.contains_key(SEC_WEBSOCKET_PROTOCOL));
    }

    #[test]
    fn a_certificate_names_its_user_and_groups() {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "alice");
        params.distinguished_name.push(DnType::OrganizationName, "dev");
        let user = certified_user(params.self_signed(&key).unwrap().der()).unwrap();
        assert_eq!(
            (user.name.as_str(), user.groups.as_slice()),
            ("alice", &["dev".to_owned(), AUTHENTICATED.to_owned()][..])
        );
        let mut nameless = CertificateParams::default();
        nameless.distinguished_name = rcgen::DistinguishedName::new();
        assert_eq!(certified_user(nameless.self_signed(&key).unwrap().der()), None);
        assert_eq!(certified_user(b"nonsense"), None);
    }
}
