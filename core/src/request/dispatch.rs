//! From a verb and a path to a call of a resource.

use bytes::Bytes;
use http::{Method, Request, Response};

use super::body::{Body, MAX_BODY};
use super::decode::{Decoded, InputForm, decode_object};
use super::failure::Failure;
use super::negotiation::{
    ACCEPTED, Offer, OutputForm, Representation, error_form, input_form, negotiate, negotiate_stream,
};
use super::options::{self, Query, WriteOptions};
use super::patch::PatchType;
use super::path::ObjectPath;
use super::read_options;
use super::response::{self, success, warn};
use super::secrets;
use super::shape::{Answer, IncludeObject, Shape, TableOptions, shaped};
use super::warning::warnings;
use super::watch::EventStream;
use crate::api::{
    GROUP, Image, ImageSignature, ImageStream, ImageStreamImage, ImageStreamImport, ImageStreamMapping, ImageStreamTag,
    ImageTag, List, Resource, StatusDetails, Time,
};
use crate::error::{Error, ErrorKind, Result};
use crate::json::Decode;
use crate::{
    DeleteParams, Deletion, ImageStore, ListParams, Patch, PatchParams, Patched, PostParams, ReplacedTag, Watch,
    WatchParams,
};

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    List,
    Watch,
    Create,
    Update,
    Patch,
    Delete,
    DeleteCollection,
}

impl Verb {
    /// What a method means at a path; nothing where the path does not know it.
    pub(super) fn of(method: &Method, path: &ObjectPath, query: &Query) -> Option<Self> {
        let one = !path.name.is_empty();
        let verb = match *method {
            Method::GET | Method::HEAD if path.watch => Self::Watch,
            _ if path.watch => return None,
            Method::GET | Method::HEAD if one => Self::Get,
            Method::GET | Method::HEAD if read_options::is_watch(query) => Self::Watch,
            Method::GET | Method::HEAD => Self::List,
            Method::POST if !one => Self::Create,
            Method::PUT if one => Self::Update,
            Method::PATCH if one => Self::Patch,
            Method::DELETE if one => Self::Delete,
            Method::DELETE => Self::DeleteCollection,
            _ => return None,
        };
        let known = match (path.resource, path.subresource) {
            (Image::PLURAL, _) => true,
            // Over all namespaces there are only lists.
            (ImageStream::PLURAL, "") => matches!(verb, Self::List | Self::Watch) || !path.namespace.is_empty(),
            (ImageStreamTag::PLURAL | ImageTag::PLURAL, _) => {
                matches!(verb, Self::List | Self::Watch) || !path.namespace.is_empty() && verb != Self::DeleteCollection
            }
            (ImageStream::PLURAL, "status") => matches!(verb, Self::Get | Self::Update | Self::Patch),
            (ImageStream::PLURAL | ImageStreamImage::PLURAL, _) => verb == Self::Get,
            (ImageStreamMapping::PLURAL | ImageStreamImport::PLURAL, _) => verb == Self::Create,
            (ImageSignature::PLURAL, _) => matches!(verb, Self::Create | Self::Delete),
            _ => false,
        };
        known.then_some(verb)
    }

    /// Its name for an authorizer.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Watch => "watch",
            Self::Create => "create",
            Self::Update => "update",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::DeleteCollection => "deletecollection",
        }
    }
}

/// A request on its way to a resource.
struct Call<'a> {
    request: &'a Request<Bytes>,
    query: &'a Query,
    path: &'a ObjectPath,
    representation: Representation,
    now: Time,
}

/// Which shapes the objects of a path have.
fn offer(path: &ObjectPath) -> Offer {
    match (path.resource, path.subresource) {
        (ImageStreamMapping::PLURAL | ImageStreamImport::PLURAL | ImageSignature::PLURAL, _) => Offer::Partial,
        (_, "") => Offer::Tables,
        _ => Offer::Partial,
    }
}

/// Does what a request asks for.
pub(super) fn dispatch(
    store: &ImageStore,
    request: &Request<Bytes>,
    query: &Query,
    verb: Verb,
    path: &ObjectPath,
) -> Result<Response<Body>, Failure> {
    let representation = negotiate(request.headers(), query.get("pretty"), offer(path))?;
    let call = Call { request, query, path, representation, now: store.now() };
    let namespace = store.namespace(&path.namespace);
    let name = &*path.name;
    match verb {
        Verb::Get => read_options::check_get(query, store)?,
        Verb::List
        | Verb::Watch
        | Verb::Create
        | Verb::Update
        | Verb::Patch
        | Verb::Delete
        | Verb::DeleteCollection => {}
    }
    // Nothing may be written whose answer can't be given.
    let gives_object =
        matches!(verb, Verb::Create | Verb::Update | Verb::Patch) && path.resource != ImageStreamMapping::PLURAL;
    if gives_object && representation.form == OutputForm::Protobuf {
        return Err(Error::not_acceptable(ACCEPTED).into());
    }
    let list_params = || read_options::list_params(query, path.resource, verb == Verb::Watch);
    let streams = || namespace.image_streams();
    let stream_tags = || namespace.image_stream_tags();
    let tags = || namespace.image_tags();
    match (path.resource, path.subresource, verb) {
        (Image::PLURAL, _, Verb::Get) => call.show(store.images().get(name)),
        (Image::PLURAL, _, Verb::List) => call.show(store.images().list(&list_params()?)),
        (Image::PLURAL, _, Verb::Watch) => call.watch(store, |params| store.images().watch(params)),
        (Image::PLURAL, _, Verb::Create) => call.create(|params, image| store.images().create(params, image)),
        (Image::PLURAL, _, Verb::Update) => {
            call.replace(|params, image| store.images().replace(name, params, image).map(|replaced| replaced.image))
        }
        (Image::PLURAL, _, Verb::Patch) => call.patch(|params, patch| store.images().patch(name, params, patch)),
        (Image::PLURAL, _, Verb::Delete) => call.delete(|params| store.images().delete(name, params)),
        (Image::PLURAL, _, Verb::DeleteCollection) => {
            call.delete_collection(|params, which| store.images().delete_collection(params, which))
        }

        (ImageSignature::PLURAL, _, Verb::Create) => {
            call.create(|params, signature| store.image_signatures().create(params, signature))
        }
        (ImageSignature::PLURAL, _, Verb::Delete) => {
            call.delete_part(|params| store.image_signatures().delete(name, params))
        }

        (ImageStream::PLURAL, "layers", _) => call.show(streams().layers(name)),
        (ImageStream::PLURAL, "secrets", _) => call.show(secrets::list(store, query)),
        (ImageStream::PLURAL, "status", Verb::Get) => call.show(streams().get_status(name)),
        (ImageStream::PLURAL, "status", Verb::Update) => {
            call.replace(|params, stream| streams().replace_status(name, params, stream))
        }
        (ImageStream::PLURAL, "status", Verb::Patch) => {
            call.patch(|params, patch| streams().patch_status(name, params, patch))
        }
        (ImageStream::PLURAL, _, Verb::Get) => call.show(streams().get(name)),
        (ImageStream::PLURAL, _, Verb::List) => call.show(streams().list(&list_params()?)),
        (ImageStream::PLURAL, _, Verb::Watch) => call.watch(store, |params| streams().watch(params)),
        (ImageStream::PLURAL, _, Verb::Create) => call.create(|params, stream| streams().create(params, stream)),
        (ImageStream::PLURAL, _, Verb::Update) => {
            call.replace(|params, stream| streams().replace(name, params, stream))
        }
        (ImageStream::PLURAL, _, Verb::Patch) => call.patch(|params, patch| streams().patch(name, params, patch)),
        (ImageStream::PLURAL, _, Verb::Delete) => call.delete(|params| streams().delete(name, params)),
        (ImageStream::PLURAL, _, Verb::DeleteCollection) => {
            call.delete_collection(|params, which| streams().delete_collection(params, which))
        }

        (ImageStreamTag::PLURAL, _, Verb::Get) => call.show(stream_tags().get(name)),
        (ImageStreamTag::PLURAL, _, Verb::List) => call.show(stream_tags().list(&list_params()?)),
        (ImageStreamTag::PLURAL, _, Verb::Create) => call.create(|params, tag| stream_tags().create(params, tag)),
        (ImageStreamTag::PLURAL, _, Verb::Update) => {
            call.replace_tag(|params, tag| stream_tags().replace(name, params, tag))
        }
        (ImageStreamTag::PLURAL, _, Verb::Patch) => {
            call.patch(|params, patch| stream_tags().patch(name, params, patch))
        }
        (ImageStreamTag::PLURAL, _, Verb::Delete) => call.delete_part(|params| stream_tags().delete(name, params)),
        (ImageTag::PLURAL, _, Verb::Get) => call.show(tags().get(name)),
        (ImageTag::PLURAL, _, Verb::List) => call.show(tags().list(&list_params()?)),
        (ImageTag::PLURAL, _, Verb::Create) => call.create(|params, tag| tags().create(params, tag)),
        (ImageTag::PLURAL, _, Verb::Update) => call.replace_tag(|params, tag| tags().replace(name, params, tag)),
        (ImageTag::PLURAL, _, Verb::Patch) => call.patch(|params, patch| tags().patch(name, params, patch)),
        (ImageTag::PLURAL, _, Verb::Delete) => call.delete_part(|params| tags().delete(name, params)),
        (ImageStreamImage::PLURAL, _, Verb::Get) => call.show(namespace.image_stream_images().get(name)),

        (ImageStreamMapping::PLURAL, _, Verb::Create) => {
            call.write(options::create_options, |params, mapping: ImageStreamMapping| {
                // Parity: the answer is no mapping, but that it was made.
                namespace.mappings().create_owned(*params, mapping).map(|_| (201, success(201, None)))
            })
        }
        (ImageStreamImport::PLURAL, _, Verb::Create) => {
            call.create(|_, import| namespace.image_stream_imports().create(import))
        }
        // What can't be watched is told with the options.
        (_, _, Verb::Watch) => {
            list_params().map_or_else(|error| Err(error.into()), |_| Err(Failure::method_not_allowed()))
        }
        _ => Err(Failure::method_not_allowed()),
    }
}

impl Call<'_> {
    fn show(&self, result: Result<impl Answer>) -> Result<Response<Body>, Failure> {
        self.answer(200, &result?)
    }

    /// Answers with the events of a watch.
    fn watch<T: Resource + Answer + 'static>(
        &self,
        store: &ImageStore,
        watch: impl FnOnce(&WatchParams) -> Result<Watch<T>>,
    ) -> Result<Response<Body>, Failure> {
        let params = read_options::watch_params(self.query, self.path)?;
        let watch = watch(&params)?;
        let shape = negotiate_stream(self.request.headers(), offer(self.path))?;
        let include = self.include(shape)?;
        let events = EventStream::new(watch, store.clone(), params.timeout, shape, include);
        Ok(response::events(events))
    }

    fn include(&self, shape: Shape) -> Result<IncludeObject> {
        if matches!(shape, Shape::Table(_)) { IncludeObject::of(self.query) } else { Ok(IncludeObject::None) }
    }

    /// An answer in the shape and the form that the client accepts.
    fn answer(&self, code: u16, answer: &dyn Answer) -> Result<Response<Body>, Failure> {
        let Representation { form, shape } = self.representation;
        if let Some(status) = answer.status() {
            return Ok(response::status(code, status, form));
        }
        if form == OutputForm::Protobuf {
            return Err(Error::not_acceptable(ACCEPTED).into());
        }
        let options = TableOptions { include: self.include(shape)?, columns: true, now: self.now };
        Ok(response::document(code, shaped(answer, shape, options)?, form))
    }

    fn create<T: Resource + Decode + Answer + Default>(
        &self,
        create: impl FnOnce(&PostParams, &T) -> Result<T>,
    ) -> Result<Response<Body>, Failure> {
        self.write(options::create_options, |params, sent: T| Ok((201, create(params, &sent)?)))
    }

    fn replace<T: Resource + Decode + Answer + Default>(
        &self,
        replace: impl FnOnce(&PostParams, &T) -> Result<T>,
    ) -> Result<Response<Body>, Failure> {
        self.put(|params, sent| Ok((200, replace(params, sent)?)))
    }

    fn replace_tag<T: Resource + Decode + Answer + Default>(
        &self,
        replace: impl FnOnce(&PostParams, &T) -> Result<ReplacedTag<T>>,
    ) -> Result<Response<Body>, Failure> {
        self.put(|params, sent| {
            let ReplacedTag { tag, created } = replace(params, sent)?;
            Ok((if created { 201 } else { 200 }, tag))
        })
    }

    /// Replaces an object by one that must have the name in the path; `work` gives the code and the object of the answer.
    fn put<T: Resource + Decode + Answer + Default>(
        &self,
        work: impl FnOnce(&PostParams, &T) -> Result<(u16, T)>,
    ) -> Result<Response<Body>, Failure> {
        let url = &*self.path.name;
        self.write(options::update_options, |params, sent: T| {
            check_name(&sent.metadata().name, url)?;
            work(params, &sent)
        })
    }

    /// Decodes the body, calls `work` with it, and answers with the code and the object that it gives, and with the
    /// warnings of decoding.
    fn write<T: Resource + Decode + Default, A: Answer>(
        &self,
        options: fn(&Query) -> Result<WriteOptions>,
        work: impl FnOnce(&PostParams, T) -> Result<(u16, A)>,
    ) -> Result<Response<Body>, Failure> {
        let (params, Decoded { object: sent, warnings: told }) = self.sent::<T>(options)?;
        let answered = match work(&params, sent) {
            Ok((code, answer)) => self.answer(code, &answer),
            Err(error) => Err(error.into()),
        };
        Ok(self.telling(answered, &told))
    }

    /// The object that was sent, and what to do with it.
    fn sent<T: Resource + Decode>(
        &self,
        options: fn(&Query) -> Result<WriteOptions>,
    ) -> Result<(PostParams, Decoded<T>)> {
        let (input, body) = self.body()?;
        let WriteOptions { dry_run, field_validation } = options(self.query)?;
        Ok((PostParams { dry_run }, decode_object(body, input, field_validation)?))
    }

    /// An answer, whatever it is, with warnings.
    fn telling(&self, answered: Result<Response<Body>, Failure>, told: &[String]) -> Response<Body> {
        let mut response = answered.unwrap_or_else(|failure| response::failure(&failure, self.error_form()));
        warn(&mut response, told);
        response
    }

    /// Reads the patch, calls `change` with it, and answers with the object that it gives, and with warnings.
    fn patch<T: Answer>(
        &self,
        change: impl FnOnce(&PatchParams, &Patch) -> Result<Patched<T>>,
    ) -> Result<Response<Body>, Failure> {
        let (params, patch) = self.read_patch()?;
        let Patched { object, created, warnings: told } = change(&params, &patch)?;
        let mut response = self.answer(if created { 201 } else { 200 }, &object)?;
        warn(&mut response, &warnings(told));
        Ok(response)
    }

    fn read_patch(&self) -> Result<(PatchParams, Patch), Failure> {
        let patch_type = PatchType::of(self.request.headers()).ok_or_else(Failure::unsupported_patch)?;
        let body = self.limited_body()?;
        let mut params = options::patch_params(self.query, patch_type == PatchType::Apply)?;
        let patch = patch_type.read(body, &mut params)?;
        Ok((params, patch))
    }

    fn delete<T: Answer>(
        &self,
        delete: impl FnOnce(&DeleteParams) -> Result<Deletion<T>>,
    ) -> Result<Response<Body>, Failure> {
        match delete(&self.delete_params()?)? {
            Deletion::Done { uid } => self.deleted(uid),
            Deletion::Waiting(waiting) => self.answer(200, &*waiting),
        }
    }

    fn deleted(&self, uid: String) -> Result<Response<Body>, Failure> {
        let details = StatusDetails {
            name: self.path.name.clone(),
            group: GROUP.to_owned(),
            kind: self.path.resource.to_owned(),
            uid,
            ..StatusDetails::default()
        };
        self.answer(200, &success(0, Some(details)))
    }

    fn delete_params(&self) -> Result<DeleteParams> {
        let (input, body) = self.body()?;
        options::delete_params(self.query, body, input)
    }

    fn delete_collection<T: Resource>(
        &self,
        delete: impl FnOnce(&DeleteParams, &ListParams) -> Result<List<T>>,
    ) -> Result<Response<Body>, Failure>
    where
        List<T>: Answer,
    {
        let which = read_options::list_params(self.query, self.path.resource, false)?;
        self.answer(200, &delete(&self.delete_params()?, &which)?)
    }

    /// Deletes what is part of another object: the answer does not say what it was.
    fn delete_part(&self, delete: impl FnOnce(&DeleteParams) -> Result<()>) -> Result<Response<Body>, Failure> {
        delete(&self.delete_params()?)?;
        self.answer(200, &success(0, None))
    }

    fn error_form(&self) -> OutputForm {
        error_form(self.request.headers(), self.query.get("pretty"))
    }

    fn body(&self) -> Result<(InputForm, &[u8])> {
        let input = input_form(self.request.headers())?;
        Ok((input, self.limited_body()?))
    }

    fn limited_body(&self) -> Result<&[u8]> {
        let body = self.request.body();
        if body.len() > MAX_BODY {
            return Err(Error::from(ErrorKind::RequestEntityTooLarge { limit: MAX_BODY }));
        }
        Ok(body)
    }
}

/// Checks that an object has the name in its path.
fn check_name(name: &str, url: &str) -> Result<()> {
    Err(Error::bad_request(match name {
        "" => format!("the name of the object ({url} based on URL) was undeterminable: name must be provided"),
        name if name != url => format!("the name of the object ({name}) does not match the name on the URL ({url})"),
        _ => return Ok(()),
    }))
}
