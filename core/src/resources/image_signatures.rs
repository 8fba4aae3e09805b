//! `imagesignatures`: signatures, which are stored in the images that they sign.

use super::access::StoreAccess;
use super::image_writes::update;
use super::lifecycle::{begin, not_found, valid};
use super::{DeleteParams, PostParams};
use crate::api::{Image, ImageSignature, Resource as _};
use crate::error::{Error, Result};
use crate::rules::{Path, parse_signature_name, prepare_signature, validate_signature};
use crate::store::{self, Write};

/// The real server's name for the resource in errors.
const RESOURCE: &str = "imageSignatures";

/// The signatures of the images. They can only be created and deleted; to read one, get its image.
#[derive(Clone)]
pub struct ImageSignatures {
    store: StoreAccess,
}

impl ImageSignatures {
    pub(super) fn new(store: StoreAccess) -> Self {
        Self { store }
    }

    /// Adds a signature to an image: the one named by the part of the signature's name before the `@`.
    ///
    /// Verification results, for example the issuer, are ignored.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such image,
    /// [`AlreadyExists`](crate::ErrorKind::AlreadyExists) if it has a signature with that name, or with the same type
    /// and content, [`Invalid`](crate::ErrorKind::Invalid) if the signature or the resulting image is invalid,
    /// [`Internal`](crate::ErrorKind::Internal) if only a `generateName` is sent, and errors of writing.
    pub fn create(&self, params: &PostParams, signature: &ImageSignature) -> Result<ImageSignature> {
        let mut new = signature.clone();
        new.metadata.namespace.clear();
        if new.metadata.name.is_empty() && !new.metadata.generate_name.is_empty() {
            return Err(Error::internal("metadata.name was not generated"));
        }
        prepare_signature(&mut new);
        let now = self.store.now();
        begin(&mut new.metadata, self.store.uid(), now);
        valid::<ImageSignature>(&new.metadata.name, validate_signature(&new, &Path::ROOT))?;
        let (image_name, _) = parse_name(&new.metadata.name)?;
        self.store.write(params.dry_run, |tx| {
            let stored = image(tx, image_name)?;
            let taken = stored.signatures.iter().any(|old| {
                old.metadata.name == new.metadata.name
                    || (old.signature_type == new.signature_type && old.content == new.content)
            });
            if taken {
                return Err(Error::already_exists(RESOURCE, new.metadata.name.clone(), false));
            }
            let mut signed = stored.clone();
            signed.signatures.push(new.clone());
            let _ = update(tx, signed, &stored, now)?;
            let mut created = new.clone();
            created.set_type();
            Ok(created)
        })
    }

    /// Removes the signature `image@name` from its image. Preconditions are ignored.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) if the name is not `image@name`,
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such image or signature,
    /// [`Invalid`](crate::ErrorKind::Invalid) if the resulting image is invalid, and errors of writing.
    pub fn delete(&self, name: &str, params: &DeleteParams) -> Result<()> {
        let (image_name, _) = parse_name(name)?;
        let now = self.store.now();
        self.store.write(params.dry_run, |tx| {
            let stored = image(tx, image_name)?;
            let mut unsigned = stored.clone();
            unsigned.signatures.retain(|signature| signature.metadata.name != name);
            if unsigned.signatures.len() == stored.signatures.len() {
                return Err(Error::not_found(RESOURCE, name));
            }
            let _ = update(tx, unsigned, &stored, now)?;
            Ok(())
        })
    }
}

fn image(tx: &Write, name: &str) -> Result<Image> {
    store::images::get(tx, name)?.ok_or_else(|| not_found::<Image>(name))
}

/// The image and the name of a signature.
fn parse_name(name: &str) -> Result<(&str, &str)> {
    parse_signature_name(name)
        .map_err(|_| Error::bad_request("ImageSignatures must be accessed with <imageName>@<signatureName>"))
}
