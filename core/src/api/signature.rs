//! Signatures of images.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::base64_text;
use super::meta::ObjectMeta;
use super::presence::{is_zero, unique_map};
use super::time::Time;
use super::time::optional_time;
use crate::json::{Decode, Reader, SyntaxError, members};

/// Bytes, which are base64 in JSON; `null` if there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, JsonSchema)]
#[schemars(inline, with = "String", extend("format" = "byte"))]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_empty() {
            serializer.serialize_none()
        } else {
            serializer.serialize_str(&STANDARD.encode(&self.0))
        }
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BytesVisitor;

        impl Visitor<'_> for BytesVisitor {
            type Value = Bytes;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("base64")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Bytes, E> {
                base64_text::decode(text).map(Bytes).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(BytesVisitor)
    }
}

impl Decode for Bytes {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        match reader.string()? {
            Ok(text) => match base64_text::decode(&text) {
                Ok(bytes) => self.0 = bytes,
                Err(error) => reader.invalid(error),
            },
            Err(first) => {
                reader.misfit(first, &Self::go_type)?;
                if first == b'n' {
                    self.0.clear();
                }
            }
        }
        Ok(())
    }

    fn go_type(name: &mut String, _: &str) {
        name.push_str("[]uint8");
    }
}

/// A signature of an image, stored with the image.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageSignature {
    /// `ImageSignature`, on an object that is not nested in another.
    #[serde(skip_serializing_if = "is_zero")]
    pub kind: String,
    /// `image.openshift.io/v1`, on an object that is not nested in another.
    #[serde(skip_serializing_if = "is_zero")]
    pub api_version: String,
    /// Its name is `<image>@<signature>`.
    pub metadata: ObjectMeta,
    /// `AtomicImageV1`, or any other type.
    #[serde(rename = "type")]
    pub signature_type: String,
    /// The signature itself.
    pub content: Bytes,
    /// Results of the verification of the signature.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(extend("x-kubernetes-patch-merge-key" = "type", "x-kubernetes-patch-strategy" = "merge"))]
    pub conditions: Vec<SignatureCondition>,
    /// The identity of the signed image, as the signature has it.
    #[serde(skip_serializing_if = "is_zero")]
    pub image_identity: String,
    /// Claims of the signature.
    #[serde(skip_serializing_if = "is_zero", deserialize_with = "unique_map")]
    pub signed_claims: BTreeMap<String, String>,
    /// When the signature was made.
    #[serde(skip_serializing_if = "is_zero", deserialize_with = "optional_time")]
    pub created: Option<Time>,
    /// Who issued the key.
    #[serde(skip_serializing_if = "is_zero")]
    pub issued_by: Option<SignatureIssuer>,
    /// Who owns the key.
    #[serde(skip_serializing_if = "is_zero")]
    pub issued_to: Option<SignatureSubject>,
}

members!(ImageSignature as "ImageSignature" {
    "kind" => kind,
    "apiVersion" => api_version,
    "metadata" => metadata,
    "type" => signature_type,
    "content" => content,
    "conditions" => conditions,
    "imageIdentity" => image_identity,
    "signedClaims" => signed_claims,
    "created" => created,
    "issuedBy" => issued_by,
    "issuedTo" => issued_to,
});

/// A result of the verification of a signature.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SignatureCondition {
    /// `Trusted`, `ForImage`, `Expired`, `Revoked` or another.
    #[serde(rename = "type")]
    pub condition_type: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// When it was last verified.
    #[serde(deserialize_with = "optional_time")]
    pub last_probe_time: Option<Time>,
    /// When the status last changed.
    #[serde(deserialize_with = "optional_time")]
    pub last_transition_time: Option<Time>,
    /// The cause in one word.
    #[serde(skip_serializing_if = "is_zero")]
    pub reason: String,
    /// The cause as text.
    #[serde(skip_serializing_if = "is_zero")]
    pub message: String,
}

members!(SignatureCondition as "SignatureCondition" {
    "type" => condition_type as "v1.SignatureConditionType",
    "status" => status as "v1.ConditionStatus",
    "lastProbeTime" => last_probe_time,
    "lastTransitionTime" => last_transition_time,
    "reason" => reason,
    "message" => message,
});

/// Who issued a signing key.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SignatureIssuer {
    /// The organization.
    #[serde(skip_serializing_if = "is_zero")]
    pub organization: String,
    /// The common name.
    #[serde(skip_serializing_if = "is_zero")]
    pub common_name: String,
}

members!(SignatureIssuer as "SignatureIssuer" {
    "organization" => organization,
    "commonName" => common_name,
});

/// The owner of a signing key.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SignatureSubject {
    /// The organization.
    #[serde(skip_serializing_if = "is_zero")]
    pub organization: String,
    /// The common name.
    #[serde(skip_serializing_if = "is_zero")]
    pub common_name: String,
    /// The ID of the public key that verifies the signature.
    #[serde(rename = "publicKeyID")]
    pub public_key_id: String,
}

members!(SignatureSubject as "SignatureSubject" {
    "organization" => organization,
    "commonName" => common_name,
    "publicKeyID" => public_key_id,
});
