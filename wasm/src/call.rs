//! The calls: each names a resource and a verb, and is one method of the library.

use imagestream::api::ImageStreamMapping;
use imagestream::json::{self, Decode, Names, Raw};
use imagestream::{
    DeleteParams, Error, ExpectedImage, ImageStore, ListParams, Mappings, Patch, PatchParams, PostParams, Result,
    TagPattern, User,
};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use wasm_bindgen::JsValue;

use crate::convert::{from_text, from_value, object, strict, to_value};
use crate::error::bad;
use crate::events::Events;
use crate::options::{
    Caller, DeleteCollectionOptions, DeleteOptions, GetOptions, ListOptions, MappingOptions, NoOptions, PatchOptions,
    PostOptions, WatchOptions,
};
use crate::outcome::{Changed, Counts, Mapped, User as ImageUser, Verified};
use crate::{images, prune, queries, streams, tag, tags, transfer};

/// The request of a call. `npm/src/resources.js` writes its members; only the names come from the caller.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Request {
    /// The resource by its plural, or `store`.
    resource: String,
    /// The method.
    pub(crate) verb: String,
    pub(crate) namespace: String,
    /// The name of the object.
    pub(crate) name: String,
    /// The tag of a stream.
    pub(crate) tag: String,
    /// The image that a tag must point to before a write, as the text of [`ExpectedImage`]; empty for any.
    expect: String,
    /// The user of the call.
    #[serde(deserialize_with = "caller")]
    user: Option<Caller>,
}

fn caller<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Caller>, D::Error> {
    strict(deserializer).map(Some)
}

/// A call with its options and its object.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    /// The options of the verb.
    options: &'a JsValue,
    body: Option<&'a [u8]>,
}

impl Call<'_> {
    pub(crate) fn options<T: DeserializeOwned + Default>(&self) -> Result<T> {
        options(self.options)
    }

    /// The options of a verb of the store, decoded as objects are: that is much less code than [`options`](Self::options).
    pub(crate) fn decoded<T: Decode>(&self) -> Result<T> {
        if self.options.is_undefined() {
            return Ok(T::default());
        }
        let text =
            js_sys::JSON::stringify(self.options).map(String::from).map_err(|_| bad("the options can't be read"))?;
        from_text(text).map_err(|error| {
            let reason = error.to_string().replace("json: ", "").replace("Go struct field ", "");
            bad(format!("the options: {reason}"))
        })
    }

    /// The object.
    fn object<T: Decode>(&self) -> Result<T> {
        from_text(self.text()?)
    }

    /// The text of the object: JSON, as bytes.
    fn text(&self) -> Result<&[u8]> {
        self.body.ok_or_else(|| bad("an object is needed, and none was given"))
    }

    /// The name as a pattern of tags.
    fn pattern(&self) -> Result<TagPattern> {
        self.request.name.parse().map_err(|error| bad(format!("{:?}: {error}", self.request.name)))
    }

    /// The image that a write to a tag expects.
    fn expected(&self) -> Result<Option<ExpectedImage>> {
        let expected = Some(&*self.request.expect).filter(|text| !text.is_empty()).map(str::parse).transpose();
        expected.map_err(|error| bad(format!("expect: {error}")))
    }

    /// Refuses options, for a verb that has none.
    pub(crate) fn without_options(&self) -> Result<()> {
        self.options::<NoOptions>().map(|_| ())
    }

    /// The version to get, if one is requested.
    pub(crate) fn version(&self) -> Result<Option<u64>> {
        Ok(self.options::<GetOptions>()?.resource_version)
    }

    pub(crate) fn list_params(&self) -> Result<ListParams> {
        Ok(self.options::<ListOptions>()?.into())
    }

    pub(crate) fn delete_params(&self) -> Result<DeleteParams> {
        Ok(self.options::<DeleteOptions>()?.into())
    }

    pub(crate) fn delete_collection_params(&self) -> Result<(DeleteParams, ListParams)> {
        Ok(self.options::<DeleteCollectionOptions>()?.params())
    }

    /// The object and the parameters of its write, for a verb whose only option is `dryRun`.
    pub(crate) fn sent<T: Decode>(&self) -> Result<(PostParams, T)> {
        Ok((self.options::<PostOptions>()?.into(), self.object()?))
    }

    pub(crate) fn patch(&self) -> Result<(PatchParams, Patch)> {
        let options: PatchOptions = self.options()?;
        Ok((options.params(), options.patch(self.text()?)?))
    }

    /// The error for a verb that the resource does not have.
    pub(crate) fn unknown(&self) -> Error {
        bad(format!("{} do not have the verb {}", self.request.resource, self.request.verb))
    }
}

/// Performs a call. Objects of the API are returned as JSON, everything else as a value; both are in [`crate::outcome`].
pub(crate) fn perform(store: &ImageStore, request: JsValue, options: &JsValue, body: Option<&[u8]>) -> Result<JsValue> {
    let request = &from_value(request)?;
    let store = acting(store, request);
    let call = &Call { request, options, body };
    let namespace = store.namespace(&request.namespace);
    match request.resource.as_str() {
        "imagestreams" => streams::perform(call, &namespace.image_streams()),
        "imagestreamtags" => tags::stream_tags(call, &namespace.image_stream_tags().expecting(call.expected()?)),
        "imagetags" => tags::image_tags(call, &namespace.image_tags().expecting(call.expected()?)),
        "images" => images::perform(call, &store.images()),
        "imagesignatures" => images::signatures(call, &store.image_signatures()),
        "imagestreamimages" if request.verb == "get" => {
            call.without_options()?;
            object(namespace.image_stream_images().get(&request.name))
        }
        "imagestreamimports" if request.verb == "create" => {
            call.without_options()?;
            object(namespace.image_stream_imports().create(&call.object()?))
        }
        "imagestreammappings" => mappings(call, &store),
        "store" => whole(call, &store),
        _ => Err(call.unknown()),
    }
}

/// Begins a watch.
pub(crate) fn watch(store: &ImageStore, request: JsValue, options: &JsValue) -> Result<Events> {
    let request = &from_value(request)?;
    let store = acting(store, request);
    let params = self::options::<WatchOptions>(options)?.into();
    match request.resource.as_str() {
        "imagestreams" => Ok(store.namespace(&request.namespace).image_streams().watch(&params)?.into()),
        "images" => Ok(store.images().watch(&params)?.into()),
        other => Err(bad(format!("{other} can't be watched"))),
    }
}

fn mappings(call: &Call<'_>, store: &ImageStore) -> Result<JsValue> {
    let options: MappingOptions = call.options()?;
    let params = options.params();
    let mappings = store.namespace(&call.request.namespace).mappings().expecting(call.expected()?);
    let mappings = if options.create_streams { mappings.creating_streams() } else { mappings };
    match call.request.verb.as_str() {
        "create" => to_value(&Mapped::from(mappings.create(&params, &call.object()?)?)),
        "createAll" => {
            let texts: Vec<Raw> = json::decode(call.text()?, Names::Exact).map_err(bad)?;
            let read = |(index, Raw(text)): (usize, &Raw)| {
                from_text(text).map_err(|error| bad(format!("mapping {index}: {error}")))
            };
            let all: Vec<ImageStreamMapping> = texts.iter().enumerate().map(read).collect::<Result<_>>()?;
            // Without a namespace, each mapping says its own.
            let resource = |mapping: &ImageStreamMapping| {
                let namespace = Some(&*call.request.namespace).filter(|namespace| !namespace.is_empty());
                let own = store.namespace(namespace.unwrap_or(&mapping.metadata.namespace)).mappings();
                let own = if options.create_streams { own.creating_streams() } else { own };
                Ok((own.expecting(call.expected()?), mapping.clone()))
            };
            let all: Vec<_> = all.iter().map(resource).collect::<Result<_>>()?;
            let outcomes = Mappings::create_together(&params, &all).map_err(|(_, error)| error)?;
            to_value(&outcomes.into_iter().map(Mapped::from).collect::<Vec<_>>())
        }
        _ => Err(call.unknown()),
    }
}

/// The verbs of the store itself.
fn whole(call: &Call<'_>, store: &ImageStore) -> Result<JsValue> {
    match call.request.verb.as_str() {
        "import" => return transfer::import_file(store, call.decoded()?, call.text()?),
        "exportList" => return transfer::export_list(store, call.decoded()?),
        "summaries" => return queries::summaries(store, call.decoded()?),
        "compare" => return queries::compare(store, &call.decoded()?),
        _ => call.without_options()?,
    }
    match call.request.verb.as_str() {
        "find" => object(store.find(&call.request.name)),
        "search" => object(store.search(&call.request.name)),
        "imageSizes" => object(store.image_sizes(&call.request.name)),
        "imageUsage" => object(store.image_usage()),
        "streamUsage" => object(store.stream_usage()),
        "tableStatistics" => object(store.table_statistics()),
        "objectCounts" => queries::object_counts(store),
        "imageLayers" => object(store.image_layers(&call.request.name)),
        "layerUsers" => object(store.layer_users(&call.request.name)),
        "imageUsers" => {
            let users = store.image_users(&call.request.name)?;
            to_value(&users.into_iter().map(ImageUser::from).collect::<Vec<_>>())
        }
        "resourceVersion" => to_value(&store.resource_version()?.to_string()),
        "changesSince" => {
            let version = call.request.name.parse();
            let version = version.map_err(|_| bad(format!("{:?} is not a resource version", call.request.name)))?;
            to_value(&store.changes_since(version)?.into_iter().filter_map(Changed::of).collect::<Vec<_>>())
        }
        "tag" => tag::tag(store, call.text()?),
        "restoreIntact" => transfer::restore_intact(store, call.text()?),
        "planPrune" => prune::plan(store, call.text()?),
        "applyPlan" => prune::apply(store, call.text()?),
        "tagRules" => object(store.tag_rules()),
        "addImmutableRule" => to_value(&store.add_immutable_rule(&call.object()?)?),
        "addHistoryRule" => to_value(&store.add_history_rule(&call.object()?)?),
        "removeImmutableRule" => to_value(&store.remove_immutable_rule(&call.pattern()?)?),
        "removeHistoryRule" => to_value(&store.remove_history_rule(&call.pattern()?)?),
        "verify" => to_value(&Verified::from(store.verify()?)),
        "compact" => to_value(&store.compact()?),
        "statistics" => to_value(&Counts::from(store.statistics())),
        _ => Err(call.unknown()),
    }
}

fn options<T: DeserializeOwned + Default>(options: &JsValue) -> Result<T> {
    if options.is_undefined() {
        return Ok(T::default());
    }
    from_value(options.clone()).map_err(|error| bad(format!("the options: {error}")))
}

fn acting(store: &ImageStore, request: &Request) -> ImageStore {
    match &request.user {
        Some(user) => store.acting_as(User::from(user.clone())),
        None => store.clone(),
    }
}
