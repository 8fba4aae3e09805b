//! The calls: what is asked for, and which method of the library does it.

use imagestream::json::{self, Decode, Names, Raw, members};
use imagestream::{DeleteParams, Error, ImageStore, ListParams, Patch, PatchParams, PostParams, Result, User};

use crate::convert::{answer, from_text, to_text};
use crate::error::bad;
use crate::events::Events;
use crate::options::{
    Caller, DeleteCollectionOptions, DeleteOptions, GetOptions, ListOptions, MappingOptions, NoOptions, PatchOptions,
    PostOptions, WatchOptions,
};
use crate::outcome::{Changed, Counts, Mapped, User as ImageUser, Verified};
use crate::{images, streams, tags};

/// What is asked for. The members are written by `npm/src`, only the options come from the caller.
#[derive(Debug, Default)]
pub(crate) struct Request {
    /// The resource, or `store`.
    resource: String,
    /// The method.
    pub(crate) verb: String,
    pub(crate) namespace: String,
    /// The object.
    pub(crate) name: String,
    /// The tag of a stream.
    pub(crate) tag: String,
    /// Every verb has options of its own.
    options: Raw,
    /// In whose name.
    user: Option<Caller>,
}

members!(Request as "Request" {
    "resource" => resource,
    "verb" => verb,
    "namespace" => namespace,
    "name" => name,
    "tag" => tag,
    "options" => options,
    "user" => user,
});

/// A request with the object that came with it.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    body: Option<&'a [u8]>,
}

impl Call<'_> {
    /// The options. Those that the verb does not know are refused: to ignore a mistyped `dryRun` would be a disaster.
    fn options<T: Decode>(&self) -> Result<T> {
        options(self.request)
    }

    /// The object.
    fn object<T: Decode>(&self) -> Result<T> {
        from_text(self.text()?)
    }

    /// The text of the object: JSON, as bytes.
    fn text(&self) -> Result<&[u8]> {
        self.body.ok_or_else(|| bad("an object is needed, and none was given"))
    }

    /// Refuses options, where the verb has none.
    pub(crate) fn without_options(&self) -> Result<()> {
        self.options::<NoOptions>().map(|_| ())
    }

    /// Which version to get, where one is asked for.
    pub(crate) fn version(&self) -> Result<Option<u64>> {
        self.options::<GetOptions>()?.version()
    }

    pub(crate) fn list_params(&self) -> Result<ListParams> {
        self.options::<ListOptions>()?.params()
    }

    pub(crate) fn delete_params(&self) -> Result<DeleteParams> {
        self.options::<DeleteOptions>()?.params()
    }

    pub(crate) fn delete_collection_params(&self) -> Result<(DeleteParams, ListParams)> {
        self.options::<DeleteCollectionOptions>()?.params()
    }

    /// The object, and how to write it where there is no other option than `dryRun`.
    pub(crate) fn sent<T: Decode>(&self) -> Result<(PostParams, T)> {
        Ok((self.options::<PostOptions>()?.params(), self.object()?))
    }

    pub(crate) fn patch(&self) -> Result<(PatchParams, Patch)> {
        let options: PatchOptions = self.options()?;
        Ok((options.params()?, options.patch(self.text()?)?))
    }

    /// The error of a verb that the resource does not have.
    pub(crate) fn unknown(&self) -> Error {
        bad(format!("{} can't be asked to {}", self.request.resource, self.request.verb))
    }
}

/// Does what is asked for and gives the answer as JSON.
pub(crate) fn perform(store: &ImageStore, request: &str, body: Option<&[u8]>) -> Result<String> {
    let request = &parse(request)?;
    let store = acting(store, request);
    let call = &Call { request, body };
    let namespace = store.namespace(&request.namespace);
    match request.resource.as_str() {
        "imagestreams" => streams::perform(call, &namespace.image_streams()),
        "imagestreamtags" => tags::stream_tags(call, &namespace.image_stream_tags()),
        "imagetags" => tags::image_tags(call, &namespace.image_tags()),
        "images" => images::perform(call, &store.images()),
        "imagesignatures" => images::signatures(call, &store.image_signatures()),
        "imagestreamimages" if request.verb == "get" => {
            call.without_options()?;
            answer(namespace.image_stream_images().get(&request.name))
        }
        "imagestreamimports" if request.verb == "create" => {
            call.without_options()?;
            answer(namespace.image_stream_imports().create(&call.object()?))
        }
        "imagestreammappings" => mappings(call, &store),
        "store" => whole(call, &store),
        _ => Err(call.unknown()),
    }
}

/// Begins the watch that is asked for.
pub(crate) fn watch(store: &ImageStore, request: &str) -> Result<Events> {
    let request = &parse(request)?;
    let store = acting(store, request);
    let params = options::<WatchOptions>(request)?.params()?;
    match request.resource.as_str() {
        "imagestreams" => Ok(store.namespace(&request.namespace).image_streams().watch(&params)?.into()),
        "images" => Ok(store.images().watch(&params)?.into()),
        other => Err(bad(format!("{other} can't be watched"))),
    }
}

fn mappings(call: &Call<'_>, store: &ImageStore) -> Result<String> {
    let options: MappingOptions = call.options()?;
    let params = options.params();
    let mappings = store.namespace(&call.request.namespace).mappings();
    let mappings = if options.create_streams { mappings.creating_streams() } else { mappings };
    match call.request.verb.as_str() {
        "create" => answer(mappings.create(&params, &call.object()?).map(Mapped::from)),
        "createAll" => {
            let texts: Vec<Raw> = json::decode(call.text()?, Names::Exact).map_err(bad)?;
            let read = |(index, Raw(text)): (usize, &Raw)| {
                from_text(text).map_err(|error| bad(format!("mapping {index}: {error}")))
            };
            let all: Vec<_> = texts.iter().enumerate().map(read).collect::<Result<_>>()?;
            let outcomes = mappings.create_all(&params, &all)?;
            to_text(&outcomes.into_iter().map(Mapped::from).collect::<Vec<_>>())
        }
        _ => Err(call.unknown()),
    }
}

fn whole(call: &Call<'_>, store: &ImageStore) -> Result<String> {
    call.without_options()?;
    match call.request.verb.as_str() {
        "imageUsers" => {
            let users = store.image_users(&call.request.name)?;
            to_text(&users.into_iter().map(ImageUser::from).collect::<Vec<_>>())
        }
        "resourceVersion" => to_text(&store.resource_version()?.to_string()),
        "changesSince" => {
            let version = call.request.name.parse();
            let version = version.map_err(|_| bad(format!("{:?} is not a resource version", call.request.name)))?;
            to_text(&store.changes_since(version)?.into_iter().filter_map(Changed::of).collect::<Vec<_>>())
        }
        "verify" => answer(store.verify().map(Verified::from)),
        "compact" => answer(store.compact()),
        "statistics" => to_text(&Counts::from(store.statistics())),
        _ => Err(call.unknown()),
    }
}

fn parse(text: &str) -> Result<Request> {
    from_text(text)
}

fn options<T: Decode>(request: &Request) -> Result<T> {
    match request.options.0.as_str() {
        "" => Ok(T::default()),
        text => from_text(text).map_err(|error| bad(format!("the options: {error}"))),
    }
}

fn acting(store: &ImageStore, request: &Request) -> ImageStore {
    match &request.user {
        Some(user) => store.acting_as(User::from(user.clone())),
        None => store.clone(),
    }
}
