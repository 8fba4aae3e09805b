//! Dispatch: from a verb and a path to a call of a resource.

use std::borrow::Cow;

use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::Value;

use super::body::{Body, MAX_BODY};
use super::decode::{ContentType, Decoded, InputForm, decode_document, decode_object, protobuf_mistake};
use super::expectation::expected_image;
use super::failure::Failure;
use super::negotiation::{
    ACCEPTED, Offer, OutputForm, Representation, content_type, error_form, negotiate, negotiate_stream,
    unsupported_media_type,
};
use super::options::{self, Query, WriteOptions};
use super::patch::PatchType;
use super::path::ObjectPath;
use super::raw_list::{RawList, RawObject};
use super::read_options;
use super::response::{self, success, warn};
use super::shape::{Answer, IncludeObject, Shape, TableOptions, shaped};
use super::warning::warnings;
use super::watch::EventStream;
use super::{namespaces, protobuf_bodies, reviews, secrets};
use crate::api::{
    GROUP, Image, ImageSignature, ImageStream, ImageStreamImage, ImageStreamImport, ImageStreamMapping, ImageStreamTag,
    ImageTag, List, Resource, StatusDetails, Time, Verb,
};
use crate::error::{Error, ErrorKind, Result};
use crate::json::Decode;
use crate::{
    DeleteParams, Deletion, ExpectedImage, ImageStore, ListParams, Patch, PatchParams, Patched, PostParams,
    ReplacedTag, Watch, WatchParams,
};

/// Whether requests are answered that only `kubectl` and `oc` send.
const FOR_KUBECTL: bool = cfg!(feature = "kubectl");

/// The verb that a method requests at a path; `None` if the path does not support it.
pub(super) fn verb(method: &Method, path: &ObjectPath, query: &Query) -> Option<Verb> {
    let one = !path.name.is_empty();
    let verb = match *method {
        Method::GET | Method::HEAD if path.watch => return Some(Verb::Watch),
        _ if path.watch => return None,
        Method::GET | Method::HEAD if one => Verb::Get,
        Method::GET | Method::HEAD if read_options::is_watch(query) => Verb::Watch,
        Method::GET | Method::HEAD => Verb::List,
        Method::POST if !one => Verb::Create,
        Method::PUT if one => Verb::Update,
        Method::PATCH if one => Verb::Patch,
        Method::DELETE if one => Verb::Delete,
        Method::DELETE => Verb::DeleteCollection,
        _ => return None,
    };
    // A watch of something that can only be listed passes here; the options refuse it.
    let needed = if verb == Verb::Watch { Verb::List } else { verb };
    path.verbs().any(|known| known == needed).then_some(verb)
}

/// A request to a resource.
struct Call<'a> {
    request: &'a Request<Bytes>,
    query: &'a Query,
    path: &'a ObjectPath,
    representation: Representation,
    now: Time,
}

/// The shapes that are available for the objects of a path.
fn offer(path: &ObjectPath) -> Offer {
    if path.subresource.is_empty() && !path.resource.columns.is_empty() { Offer::Tables } else { Offer::Partial }
}

/// Performs the request.
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
    if verb == Verb::Get {
        read_options::check_get(query, store)?;
    }
    // Nothing may be written if the response can't be given.
    let gives_object =
        matches!(verb, Verb::Create | Verb::Update | Verb::Patch) && path.resource.plural != ImageStreamMapping::PLURAL;
    if gives_object && representation.form == OutputForm::Protobuf {
        return Err(Error::not_acceptable(ACCEPTED).into());
    }
    let list_params = || read_options::list_params(query, path.resource, verb == Verb::Watch);
    let streams = || namespace.image_streams();
    let expected = call.expected_image(verb)?;
    let stream_tags = || namespace.image_stream_tags().expecting(expected.clone());
    let tags = || namespace.image_tags().expecting(expected.clone());
    if path.resource.group != GROUP {
        return call.around_streams(store, verb);
    }
    match (path.resource.plural, path.subresource, verb) {
        (Image::PLURAL, "", Verb::Get) => call.show(store.images().get(name)),
        (Image::PLURAL, "", Verb::List) => call.show(store.images().list(&list_params()?)),
        (Image::PLURAL, "", Verb::Watch) => call.watch(store, |params| store.images().watch(params)),
        (Image::PLURAL, "", Verb::Create) => call.create(|params, image| store.images().create(params, image)),
        (Image::PLURAL, "", Verb::Update) => {
            call.replace(|params, image| store.images().replace(name, params, image).map(|replaced| replaced.image))
        }
        (Image::PLURAL, "", Verb::Patch) => {
            let find = |of| if of == PatchType::Apply { Ok(()) } else { store.images().get(name).map(drop) };
            call.patch(find, |params, patch| store.images().patch(name, params, patch))
        }
        (Image::PLURAL, "", Verb::Delete) => call.delete(|params| store.images().delete(name, params)),
        (Image::PLURAL, "", Verb::DeleteCollection) => {
            call.delete_collection(|params, which| store.images().delete_collection(params, which))
        }

        (ImageSignature::PLURAL, "", Verb::Create) => {
            call.create(|params, signature| store.image_signatures().create(params, signature))
        }
        (ImageSignature::PLURAL, "", Verb::Delete) => {
            call.delete_part(|params| store.image_signatures().delete(name, params))
        }

        (ImageStream::PLURAL, "layers", Verb::Get) => call.show(streams().layers(name)),
        (ImageStream::PLURAL, "secrets", Verb::Get) => call.show(secrets::list(store, query)),
        (ImageStream::PLURAL, "status", Verb::Get) => call.show(streams().get_status(name)),
        (ImageStream::PLURAL, "status", Verb::Update) => {
            call.replace(|params, stream| streams().replace_status(name, params, stream))
        }
        (ImageStream::PLURAL, "status", Verb::Patch) => {
            call.patch(|_| streams().get(name).map(drop), |params, patch| streams().patch_status(name, params, patch))
        }
        (ImageStream::PLURAL, "", Verb::Get) => call.show(streams().get(name)),
        (ImageStream::PLURAL, "", Verb::List) => call.show(streams().list(&list_params()?)),
        (ImageStream::PLURAL, "", Verb::Watch) => call.watch(store, |params| streams().watch(params)),
        (ImageStream::PLURAL, "", Verb::Create) => call.create(|params, stream| streams().create(params, stream)),
        (ImageStream::PLURAL, "", Verb::Update) => {
            call.replace(|params, stream| streams().replace(name, params, stream))
        }
        (ImageStream::PLURAL, "", Verb::Patch) => {
            let find = |of| if of == PatchType::Apply { Ok(()) } else { streams().get(name).map(drop) };
            call.patch(find, |params, patch| streams().patch(name, params, patch))
        }
        (ImageStream::PLURAL, "", Verb::Delete) => call.delete(|params| streams().delete(name, params)),
        (ImageStream::PLURAL, "", Verb::DeleteCollection) => {
            call.delete_collection(|params, which| streams().delete_collection(params, which))
        }

        (ImageStreamTag::PLURAL, "", Verb::Get) => call.show(stream_tags().get(name)),
        (ImageStreamTag::PLURAL, "", Verb::List) => call.show(stream_tags().list(&list_params()?)),
        (ImageStreamTag::PLURAL, "", Verb::Create) => call.create(|params, tag| stream_tags().create(params, tag)),
        (ImageStreamTag::PLURAL, "", Verb::Update) => {
            call.replace_tag(|params, tag| stream_tags().replace(name, params, tag))
        }
        (ImageStreamTag::PLURAL, "", Verb::Patch) => call.patch(
            |_| check_tag_name(stream_tags().get(name)),
            |params, patch| stream_tags().patch(name, params, patch),
        ),
        (ImageStreamTag::PLURAL, "", Verb::Delete) => call.delete_part(|params| stream_tags().delete(name, params)),
        (ImageTag::PLURAL, "", Verb::Get) => call.show(tags().get(name)),
        (ImageTag::PLURAL, "", Verb::List) => call.show(tags().list(&list_params()?)),
        (ImageTag::PLURAL, "", Verb::Create) => call.create(|params, tag| tags().create(params, tag)),
        (ImageTag::PLURAL, "", Verb::Update) => call.replace_tag(|params, tag| tags().replace(name, params, tag)),
        (ImageTag::PLURAL, "", Verb::Patch) => {
            call.patch(|_| check_tag_name(tags().get(name)), |params, patch| tags().patch(name, params, patch))
        }
        (ImageTag::PLURAL, "", Verb::Delete) => call.delete_part(|params| tags().delete(name, params)),
        (ImageStreamImage::PLURAL, "", Verb::Get) => call.show(namespace.image_stream_images().get(name)),

        (ImageStreamMapping::PLURAL, "", Verb::Create) => {
            call.write(options::create_options, |params, mapping: ImageStreamMapping| {
                // Parity: the response is not the mapping, but a status.
                let mappings = namespace.mappings().expecting(expected);
                mappings.create_owned(params, mapping).map(|_| (201, success(201, None)))
            })
        }
        (ImageStreamImport::PLURAL, "", Verb::Create) => {
            call.create(|_, import| namespace.image_stream_imports().create(import))
        }
        // If it can't be watched, the options report that.
        (_, "", Verb::Watch) => {
            list_params().map_or_else(|error| Err(error.into()), |_| Err(Failure::method_not_allowed()))
        }
        _ => Err(Failure::method_not_allowed()),
    }
}

impl Call<'_> {
    /// The image that a write to a tag expects.
    fn expected_image(&self, verb: Verb) -> Result<Option<ExpectedImage>> {
        let resources = [ImageStreamMapping::PLURAL, ImageStreamTag::PLURAL, ImageTag::PLURAL];
        if !resources.contains(&self.path.resource.plural) || matches!(verb, Verb::Get | Verb::List | Verb::Watch) {
            return Ok(None);
        }
        expected_image(self.request.headers())
    }

    /// Performs a request for a resource other than images, streams and tags.
    fn around_streams(&self, store: &ImageStore, verb: Verb) -> Result<Response<Body>, Failure> {
        let (resource, name) = (self.path.resource, &*self.path.name);
        let list_params = || read_options::list_params(self.query, resource, false);
        let shown = |namespace| namespaces::shown(namespace, resource);
        match (resource.plural, verb) {
            ("namespaces" | "projects", Verb::Get) => self.show(store.namespaces().get(name).map(shown)),
            ("namespaces" | "projects", Verb::List) => {
                self.show(store.namespaces().list(&list_params()?).map(|list| namespaces::shown_list(list, resource)))
            }
            ("namespaces" | "projects", Verb::Create) => self.write(options::create_options, |params, sent| {
                Ok((201, shown(store.namespaces().create(params, &sent)?)))
            }),
            ("namespaces" | "projects", Verb::Update) => self.put(|params, sent| {
                let Patched { object, created, .. } = store.namespaces().replace(name, params, sent)?;
                Ok((if created { 201 } else { 200 }, shown(object)))
            }),
            ("namespaces" | "projects", Verb::Patch) => self.patch(
                |_| store.namespaces().get(name).map(drop),
                |params, patch| {
                    let renamed = namespaces::of_namespace(patch, resource);
                    let Patched { object, created, warnings } = store.namespaces().patch(name, params, &renamed)?;
                    Ok(Patched { object: shown(object), created, warnings })
                },
            ),
            ("namespaces" | "projects", Verb::Delete) => self.delete(|params| {
                Ok(match store.namespaces().delete(name, params)? {
                    Deletion::Waiting(namespace) => Deletion::Waiting(Box::new(shown(*namespace))),
                    done @ Deletion::Done { .. } => done,
                })
            }),
            ("projectrequests", Verb::Create) => {
                let (params, request) = self.sent_document()?;
                let project = namespaces::requested(&request, store.user())?;
                self.answer(201, &namespaces::project(store.namespaces().create(&params, &project)?))
            }
            ("users", Verb::Get) if FOR_KUBECTL => self.show(reviews::user(store, name)),
            (_, Verb::Create) if FOR_KUBECTL && resource.is_review() => {
                let (_, review) = self.sent_document()?;
                self.answer(201, &reviews::answered(store, resource, &review)?)
            }
            (plural, Verb::Get) if resource.is_workload => {
                let found = store.workload(resource, &self.path.namespace, name);
                self.show(found.map(RawObject).ok_or_else(|| Error::not_found(plural, name)))
            }
            (_, Verb::List) if resource.is_workload => {
                let listed = store.list_workloads(resource, &self.path.namespace, &list_params()?);
                self.show(listed.map(|listed| RawList::of(resource, listed)))
            }
            (_, Verb::Watch) => self.watch(store, |params| {
                if resource.is_workload { store.watch_workloads(params) } else { store.namespaces().watch(params) }
            }),
            _ => Err(Failure::method_not_allowed()),
        }
    }

    fn show(&self, result: Result<impl Answer>) -> Result<Response<Body>, Failure> {
        self.answer(200, &result?)
    }

    /// Responds with the events of a watch.
    fn watch<T: Resource + Answer + 'static>(
        &self,
        store: &ImageStore,
        watch: impl FnOnce(&WatchParams) -> Result<Watch<T>>,
    ) -> Result<Response<Body>, Failure> {
        let params = read_options::watch_params(self.query, self.path)?;
        let watch = watch(&params)?;
        let shape = negotiate_stream(self.request.headers(), offer(self.path))?;
        let include = self.include(shape)?;
        let events = EventStream::new(self.path.resource, watch, store.clone(), params.timeout, shape, include);
        Ok(response::events(events))
    }

    fn include(&self, shape: Shape) -> Result<IncludeObject> {
        if matches!(shape, Shape::Table(_)) { IncludeObject::of(self.query) } else { Ok(IncludeObject::None) }
    }

    /// A response in the shape and format that the client accepts.
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

    /// Replaces an object, which must have the name in the path; `work` returns the code and the object of the
    /// response.
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

    /// Decodes the body, calls `work` with the object, and responds with the code and the object that it returns, and
    /// with the warnings of decoding.
    fn write<T: Resource + Decode + Default, A: Answer>(
        &self,
        options: fn(&Query) -> Result<WriteOptions>,
        work: impl FnOnce(&PostParams, T) -> Result<(u16, A)>,
    ) -> Result<Response<Body>, Failure> {
        let (params, Decoded { object: sent, warnings: texts }) = self.sent::<T>(options)?;
        let answered = match work(&params, sent) {
            Ok((code, answer)) => self.answer(code, &answer),
            Err(error) => Err(error.into()),
        };
        Ok(self.with_warnings(answered, &texts))
    }

    /// Decodes the object in the body, and the parameters of the write.
    fn sent<T: Resource + Decode>(
        &self,
        options: fn(&Query) -> Result<WriteOptions>,
    ) -> Result<(PostParams, Decoded<T>)> {
        let (content_type, body) = self.body()?;
        let WriteOptions { dry_run, field_validation, field_manager } = options(self.query)?;
        let params = PostParams { dry_run, field_manager: self.manager(field_manager) };
        let resource = self.path.resource;
        match content_type {
            ContentType::Text(form) => Ok((params, decode_object(resource, &body, form, field_validation)?)),
            ContentType::Protobuf => Err(protobuf_mistake(T::KIND, &body).unwrap_or_else(unsupported_media_type)),
        }
    }

    /// Decodes the document in the body, and the parameters of the write.
    fn sent_document(&self) -> Result<(PostParams, Value)> {
        let (content_type, body) = self.body()?;
        let WriteOptions { dry_run, .. } = options::create_options(self.query)?;
        let ContentType::Text(form) = content_type else { return Err(unsupported_media_type()) };
        Ok((PostParams { dry_run, ..PostParams::default() }, decode_document(self.path.resource, &body, form)?))
    }

    /// The field manager: from the query, or else the user agent.
    fn manager(&self, field_manager: String) -> String {
        if field_manager.is_empty() { options::manager_of_user_agent(self.request.headers()) } else { field_manager }
    }

    /// Adds warnings to a response, successful or not.
    fn with_warnings(&self, answered: Result<Response<Body>, Failure>, texts: &[String]) -> Response<Body> {
        let mut response = answered.unwrap_or_else(|failure| response::failure(&failure, self.error_form()));
        warn(&mut response, texts);
        response
    }

    /// Decodes the patch, calls `change` with it, and responds with the object that it returns, and with warnings.
    ///
    /// `find` looks for the object of a patch of that type. The real server does so before it decodes the patch, so an
    /// invalid patch of a missing object is 404.
    fn patch<T: Answer>(
        &self,
        find: impl FnOnce(PatchType) -> Result<()>,
        change: impl FnOnce(&PatchParams, &Patch) -> Result<Patched<T>>,
    ) -> Result<Response<Body>, Failure> {
        let (params, patch) = self.read_patch(find)?;
        let Patched { object, created, warnings: texts } = change(&params, &patch)?;
        let mut response = self.answer(if created { 201 } else { 200 }, &object)?;
        warn(&mut response, &warnings(texts));
        Ok(response)
    }

    fn read_patch(&self, find: impl FnOnce(PatchType) -> Result<()>) -> Result<(PatchParams, Patch), Failure> {
        let patch_type = PatchType::of(self.request.headers()).ok_or_else(Failure::unsupported_patch)?;
        let body = self.limited_body()?;
        let mut params = options::patch_params(self.query, patch_type == PatchType::Apply)?;
        params.field_manager = self.manager(params.field_manager);
        let patch = patch_type.read(body, &mut params);
        if patch.is_err() {
            find(patch_type)?;
        }
        Ok((params, patch?))
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
            group: self.path.resource.group.to_owned(),
            kind: self.path.resource.plural.to_owned(),
            uid,
            ..StatusDetails::default()
        };
        self.answer(200, &success(0, Some(details)))
    }

    fn delete_params(&self) -> Result<DeleteParams> {
        match self.body()? {
            (ContentType::Text(form), body) => options::delete_params(self.query, &body, form),
            (ContentType::Protobuf, body) if body.is_empty() => {
                options::delete_params(self.query, &[], InputForm::Json)
            }
            (ContentType::Protobuf, _) => Err(unsupported_media_type()),
        }
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

    /// Deletes a part of another object: the response does not include it.
    fn delete_part(&self, delete: impl FnOnce(&DeleteParams) -> Result<()>) -> Result<Response<Body>, Failure> {
        delete(&self.delete_params()?)?;
        self.answer(200, &success(0, None))
    }

    fn error_form(&self) -> OutputForm {
        error_form(self.request.headers(), self.query.get("pretty"))
    }

    fn body(&self) -> Result<(ContentType, Cow<'_, [u8]>)> {
        let content_type = content_type(self.request.headers())?;
        let (body, resource) = (self.limited_body()?, self.path.resource);
        let is_read = FOR_KUBECTL && self.request.method() == Method::POST && protobuf_bodies::are_read(resource);
        if content_type == ContentType::Protobuf && is_read {
            let document = protobuf_bodies::document(body, resource)?.to_string();
            return Ok((ContentType::Text(InputForm::Json), document.into_bytes().into()));
        }
        Ok((content_type, body.into()))
    }

    fn limited_body(&self) -> Result<&[u8]> {
        let body = self.request.body();
        if body.len() > MAX_BODY {
            return Err(Error::from(ErrorKind::RequestEntityTooLarge { limit: MAX_BODY }));
        }
        Ok(body)
    }
}

/// Returns the error of a tag whose name is malformed. A missing tag is no error: any patch creates it.
fn check_tag_name<T>(found: Result<T>) -> Result<()> {
    match found {
        Err(error) if matches!(error.kind(), ErrorKind::BadRequest(_)) => Err(error),
        _ => Ok(()),
    }
}

/// Checks that an object has the name in the path.
fn check_name(name: &str, url: &str) -> Result<()> {
    Err(Error::bad_request(match name {
        "" => format!("the name of the object ({url} based on URL) was undeterminable: name must be provided"),
        name if name != url => format!("the name of the object ({name}) does not match the name on the URL ({url})"),
        _ => return Ok(()),
    }))
}

#[cfg(test)]
mod tests {
    use http::header::{ACCEPT, CONTENT_TYPE};

    use super::super::path::Target;
    use super::*;
    use crate::api::{API_RESOURCES, ApiResource, Scope};

    /// Every resource of the table and each of its subresources with every verb, and whether the table has the verb.
    fn cases() -> impl Iterator<Item = (&'static ApiResource, &'static str, Verb, bool)> {
        API_RESOURCES.iter().flat_map(|resource| {
            let parts = std::iter::once("").chain(resource.subresources.iter().map(|part| part.name));
            parts.flat_map(move |part| {
                Verb::ALL.map(|verb| (resource, part, verb, resource.verbs_of(part).contains(&verb)))
            })
        })
    }

    #[test]
    fn exactly_the_verbs_of_the_table_are_answered() {
        let store = ImageStore::in_memory().unwrap();
        let request = Request::post("/")
            .header(CONTENT_TYPE, "application/merge-patch+json")
            .header(ACCEPT, "application/json")
            .body(Bytes::from_static(b"{}"))
            .unwrap();
        for (resource, subresource, verb, expected) in cases() {
            let namespace = if resource.scope == Scope::Cluster { "" } else { "shop" };
            let name = if verb.names_object() { "web:latest" } else { "" };
            let (namespace, name) = (namespace.to_owned(), name.to_owned());
            let path = ObjectPath { resource, namespace, name, subresource, watch: false };
            let answer = dispatch(&store, &request, &Query::parse(""), verb, &path);
            let refused = answer.is_err_and(|failure| failure.status().code == 405);
            assert_eq!(!refused, expected, "{} {}/{subresource}", verb.name(), resource.plural);
        }
    }

    #[test]
    fn every_verb_of_the_table_is_requested_at_its_path() {
        for (resource, subresource, wanted, known) in cases() {
            for namespace in ["", "/namespaces/shop"] {
                let mut path = format!("{}{namespace}/{}", resource.root(), resource.plural);
                if wanted.names_object() || !subresource.is_empty() {
                    path += "/web";
                }
                if !subresource.is_empty() {
                    path = format!("{path}/{subresource}");
                }
                let (method, query) = match wanted {
                    Verb::Create => (Method::POST, ""),
                    Verb::Delete | Verb::DeleteCollection => (Method::DELETE, ""),
                    Verb::Get | Verb::List => (Method::GET, ""),
                    Verb::Patch => (Method::PATCH, ""),
                    Verb::Update => (Method::PUT, ""),
                    Verb::Watch => (Method::GET, "watch=1"),
                };
                let found = match Target::of(&path) {
                    Ok(Target::Object(path)) => verb(&method, &path, &Query::parse(query)),
                    _ => None,
                };
                let placed = match resource.scope {
                    Scope::Cluster => namespace.is_empty(),
                    Scope::Namespaced => !namespace.is_empty() || wanted.spans_namespaces(),
                };
                // A watch of something that can only be listed is refused by its options.
                let known = known || wanted == Verb::Watch && resource.verbs_of(subresource).contains(&Verb::List);
                // Subresources only have paths with a name.
                if subresource.is_empty() || wanted.names_object() {
                    assert_eq!(found == Some(wanted), known && placed, "{} {path}", wanted.name());
                }
            }
        }
    }
}
