//! Validation of image signatures.

use serde::Serialize;

use super::field::{BadValue, Path};
use super::field_error::FieldError;
use super::metadata::validate_metadata;
use super::names::{parse_signature_name, path_segment_name};
use crate::api::{ImageSignature, Scope, SignatureCondition, Time};

/// The condition type that states whether the signature is trusted.
const TRUSTED: &str = "Trusted";
/// The condition type that states whether the signature belongs to the image.
const FOR_IMAGE: &str = "ForImage";

/// Prepares a signature for validation: verification results from the client are dropped.
pub fn prepare_signature(signature: &mut ImageSignature) {
    signature.conditions.clear();
    signature.image_identity.clear();
    signature.signed_claims.clear();
    signature.created = None;
    signature.issued_by = None;
    signature.issued_to = None;
}

/// Validates a new signature, by itself or in an image; upstream's `validateImageSignature`.
///
/// The image in the signature's name is not compared with the image that has the signature. If several conditions are
/// of type `Trusted`, the one that was probed last counts; other types are ignored. The real server fails on a list
/// that starts with one of those.
#[must_use]
pub fn validate_signature(signature: &ImageSignature, path: &Path) -> Vec<FieldError> {
    let metadata = path.child("metadata");
    let mut errors = validate_metadata(&signature.metadata, Scope::Cluster, path_segment_name, &metadata);
    if !signature.metadata.labels.is_empty() {
        errors.push(metadata.child("labels").forbidden("signature labels cannot be set"));
    }
    if !signature.metadata.annotations.is_empty() {
        errors.push(metadata.child("annotations").forbidden("signature annotations cannot be set"));
    }
    if parse_signature_name(&signature.metadata.name).is_err() {
        let detail = "name must be of format <imageName>@<signatureName>";
        errors.push(metadata.child("name").invalid(&signature.metadata.name, detail));
    }
    if signature.signature_type.is_empty() {
        errors.push(path.child("type").required(""));
    }
    if signature.content.0.is_empty() {
        errors.push(path.child("content").required(""));
    }

    let of_type = |name| signature.conditions.iter().filter(move |condition| condition.condition_type == name);
    let trusted = of_type(TRUSTED).max_by_key(|condition| condition.last_probe_time);
    let missing = match (trusted.is_some(), of_type(FOR_IMAGE).next().is_some()) {
        (true, false) => Some(FOR_IMAGE),
        (false, true) => Some(TRUSTED),
        _ => None,
    };
    if let Some(missing) = missing {
        let conditions: Vec<_> = signature.conditions.iter().map(InternalCondition::from).collect();
        let detail = format!("missing \"{missing}\" condition type");
        errors.push(path.child("conditions").invalid(BadValue::json(&conditions), detail));
    }
    if trusted.is_none_or(|condition| condition.status == "Unknown") {
        validate_unknown_state(signature, path, &mut errors);
    }
    errors
}

/// Validates a signature that has not been verified: it must have no verification results.
fn validate_unknown_state(signature: &ImageSignature, path: &Path, errors: &mut Vec<FieldError>) {
    let mut unset = |name, value: BadValue| {
        errors.push(path.child(name).invalid(value, "must be unset for unknown signature state"));
    };
    if !signature.image_identity.is_empty() {
        unset("imageIdentity", (&signature.image_identity).into());
    }
    if !signature.signed_claims.is_empty() {
        unset("signedClaims", BadValue::json(&signature.signed_claims));
    }
    if let Some(issuer) = &signature.issued_by {
        let issuer = InternalIssuer { organization: &issuer.organization, common_name: &issuer.common_name };
        unset("issuedBy", BadValue::json(&issuer));
    }
    if let Some(subject) = &signature.issued_to {
        let issuer = InternalIssuer { organization: &subject.organization, common_name: &subject.common_name };
        unset("issuedTo", BadValue::json(&InternalSubject { issuer, public_key_id: &subject.public_key_id }));
    }
}

/// A condition in the real server's internal type, which its messages show.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InternalCondition<'a> {
    r#type: &'a str,
    status: &'a str,
    last_probe_time: Option<Time>,
    last_transition_time: Option<Time>,
    reason: &'a str,
    message: &'a str,
}

impl<'a> From<&'a SignatureCondition> for InternalCondition<'a> {
    fn from(condition: &'a SignatureCondition) -> Self {
        Self {
            r#type: &condition.condition_type,
            status: &condition.status,
            last_probe_time: condition.last_probe_time,
            last_transition_time: condition.last_transition_time,
            reason: &condition.reason,
            message: &condition.message,
        }
    }
}

/// An issuer in the real server's internal type.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InternalIssuer<'a> {
    organization: &'a str,
    common_name: &'a str,
}

/// A subject in the real server's internal type.
#[derive(Serialize)]
struct InternalSubject<'a> {
    #[serde(flatten)]
    issuer: InternalIssuer<'a>,
    #[serde(rename = "PublicKeyID")]
    public_key_id: &'a str,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn validate(signature: Value) -> Vec<String> {
        let signature: ImageSignature = serde_json::from_value(signature).unwrap();
        validate_signature(&signature, &Path::ROOT).iter().map(ToString::to_string).collect()
    }

    fn signature(more: &Value) -> Value {
        let mut signature = json!({"metadata": {"name": "image@name"}, "type": "AtomicImageV1", "content": "c2ln"});
        signature.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        signature
    }

    #[test]
    fn a_signature_has_name_type_and_content() {
        assert!(validate(signature(&json!({}))).is_empty());
        assert_eq!(
            validate(signature(&json!({"type": "", "content": ""}))),
            ["type: Required value", "content: Required value"]
        );
        for name in ["nothing", "a@b@c", "@x", "image@"] {
            assert_eq!(
                validate(signature(&json!({"metadata": {"name": name}}))),
                [format!(
                    "metadata.name: Invalid value: \"{name}\": name must be of format <imageName>@<signatureName>"
                )]
            );
        }
    }

    #[test]
    fn a_signature_has_no_labels_and_annotations() {
        assert_eq!(
            validate(signature(&json!({
                "metadata": {"name": "image@name", "labels": {"a": "b"}, "annotations": {"c": "d"}}
            }))),
            [
                "metadata.labels: Forbidden: signature labels cannot be set",
                "metadata.annotations: Forbidden: signature annotations cannot be set",
            ]
        );
    }

    #[test]
    fn trusted_and_for_image_come_together() {
        let condition = |name| json!({"type": name, "status": "True"});
        assert_eq!(
            validate(signature(&json!({"conditions": [condition("Trusted")]}))),
            ["conditions: Invalid value: [{\"Type\":\"Trusted\",\"Status\":\"True\",\"LastProbeTime\":null,\
              \"LastTransitionTime\":null,\"Reason\":\"\",\"Message\":\"\"}]: missing \"ForImage\" condition type"]
        );
        let errors = validate(signature(&json!({"conditions": [condition("ForImage")]})));
        assert!(errors[0].ends_with("missing \"Trusted\" condition type"));
        assert!(validate(signature(&json!({"conditions": [condition("Expired")]}))).is_empty());
        assert!(
            validate(signature(&json!({
                "conditions": [condition("Expired"), condition("ForImage"), condition("Trusted")]
            })))
            .is_empty()
        );
    }

    #[test]
    fn verification_results_need_a_known_state() {
        let found = json!({
            "imageIdentity": "quay.io/a/b",
            "signedClaims": {"a": "b"},
            "issuedBy": {"organization": "o"},
            "issuedTo": {"commonName": "c", "publicKeyID": "k"},
        });
        assert_eq!(
            validate(signature(&found)),
            [
                "imageIdentity: Invalid value: \"quay.io/a/b\": must be unset for unknown signature state",
                "signedClaims: Invalid value: {\"a\":\"b\"}: must be unset for unknown signature state",
                "issuedBy: Invalid value: {\"Organization\":\"o\",\"CommonName\":\"\"}: \
                 must be unset for unknown signature state",
                "issuedTo: Invalid value: {\"Organization\":\"\",\"CommonName\":\"c\",\"PublicKeyID\":\"k\"}: \
                 must be unset for unknown signature state",
            ]
        );
        let with_status = |first: &str, second: &str| {
            let mut signature = signature(&found);
            signature["conditions"] = json!([
                {"type": "Trusted", "status": first, "lastProbeTime": "2026-01-01T00:00:00Z"},
                {"type": "Trusted", "status": second, "lastProbeTime": "2026-01-01T00:00:00Z"},
                {"type": "Trusted", "status": "Unknown", "lastProbeTime": "2025-01-01T00:00:00Z"},
                {"type": "ForImage", "status": "True"},
            ]);
            validate(signature).len()
        };
        assert_eq!(with_status("Unknown", "False"), 0, "of two probed at the same time the later one counts");
        assert_eq!(with_status("True", "Unknown"), 4);
    }

    #[test]
    fn verification_results_from_a_client_are_dropped() {
        let found = json!({
            "conditions": [{"type": "Trusted"}], "imageIdentity": "i", "signedClaims": {"a": "b"},
            "created": "2026-01-01T00:00:00Z", "issuedBy": {"organization": "o"}, "issuedTo": {"publicKeyID": "k"},
        });
        let mut prepared: ImageSignature = serde_json::from_value(signature(&found)).unwrap();
        prepare_signature(&mut prepared);
        assert_eq!(prepared, serde_json::from_value(signature(&json!({}))).unwrap());
    }
}
