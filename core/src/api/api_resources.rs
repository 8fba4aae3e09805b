//! The table of resources: everything that the API has, as data.
//!
//! Discovery, the paths of requests and their verbs, what OpenAPI describes and the kinds that the command knows are made from
//! it. What can't be (types, the calls behind a verb, the npm package) is held equal to it by tests.

use super::api_resource::{ApiResource, Scope, Subresource, Verb};
use super::cluster_resources as cluster;
use super::column::Column;
use super::group::{GROUP, VERSION};

/// What can be done with objects that are stored.
const STORED: &[Verb] = &Verb::ALL;
/// What can be done with tags, which are parts of a stored stream.
const VIRTUAL: &[Verb] = &[Verb::Create, Verb::Delete, Verb::Get, Verb::List, Verb::Patch, Verb::Update];

const IMAGE_REFERENCE: Column = Column::text("Image Reference", "The pull spec of the image");
const IMAGE_NAME: Column = Column::text("Image Name", "The name of the image: its digest").wide();
const UPDATED: Column = Column::text("Updated", "How long ago that changed");

pub(super) const IMAGES: ApiResource = ApiResource {
    columns: &[Column::NAME, IMAGE_REFERENCE],
    list_kind: Some("ImageList"),
    storage_version_hash: "FX/i8Tt+3Fc=",
    ..ApiResource::new("Image", "images", "image", Scope::Cluster, STORED)
};

pub(super) const IMAGE_SIGNATURES: ApiResource = ApiResource::new(
    "ImageSignature",
    "imagesignatures",
    "imagesignature",
    Scope::Cluster,
    &[Verb::Create, Verb::Delete],
);

pub(super) const IMAGE_STREAM_IMAGES: ApiResource = ApiResource {
    short_names: &["isimage"],
    columns: &[Column::NAME, UPDATED, IMAGE_REFERENCE.wide(), IMAGE_NAME],
    ..ApiResource::new("ImageStreamImage", "imagestreamimages", "imagestreamimage", Scope::Namespaced, &[Verb::Get])
};

pub(super) const IMAGE_STREAM_IMPORTS: ApiResource = ApiResource::new(
    "ImageStreamImport",
    "imagestreamimports",
    "imagestreamimport",
    Scope::Namespaced,
    &[Verb::Create],
);

pub(super) const IMAGE_STREAM_MAPPINGS: ApiResource = ApiResource::new(
    "ImageStreamMapping",
    "imagestreammappings",
    "imagestreammapping",
    Scope::Namespaced,
    &[Verb::Create],
);

pub(super) const IMAGE_STREAMS: ApiResource = ApiResource {
    short_names: &["is"],
    categories: &["all"],
    subresources: &[
        Subresource { name: "layers", kind: IMAGE_STREAM_LAYERS.kind, verbs: &[Verb::Get] },
        Subresource { name: "secrets", kind: "SecretList", verbs: &[Verb::Get] },
        Subresource { name: "status", kind: "ImageStream", verbs: &[Verb::Get, Verb::Patch, Verb::Update] },
    ],
    columns: &[
        Column::NAME,
        Column::text("Image Repository", "Where the images of the stream can be pulled from"),
        Column::text("Tags", "The tags with a history, the newest first"),
        UPDATED,
    ],
    list_kind: Some("ImageStreamList"),
    storage_version_hash: "mwmf9lCqOiA=",
    ..ApiResource::new("ImageStream", "imagestreams", "imagestream", Scope::Namespaced, STORED)
};

/// What `imagestreams/layers` answers. By itself it is no resource, so it is not in the table.
pub(super) const IMAGE_STREAM_LAYERS: ApiResource =
    ApiResource::new("ImageStreamLayers", "imagestreamlayers", "imagestreamlayers", Scope::Namespaced, &[]);

pub(super) const IMAGE_STREAM_TAGS: ApiResource = ApiResource {
    short_names: &["istag"],
    columns: &[Column::NAME, IMAGE_REFERENCE, UPDATED, IMAGE_NAME],
    list_kind: Some("ImageStreamTagList"),
    ..ApiResource::new("ImageStreamTag", "imagestreamtags", "imagestreamtag", Scope::Namespaced, VIRTUAL)
};

pub(super) const IMAGE_TAGS: ApiResource = ApiResource {
    short_names: &["itag"],
    columns: &[
        Column::NAME,
        Column::text("Spec", "How the tag comes to its image: Tag, Ref, Scheduled, Track or Push"),
        Column::text("Status", "What the tag points to, or why it does not"),
        Column::number("History", "The number of images that the tag has pointed to"),
        UPDATED,
    ],
    list_kind: Some("ImageTagList"),
    ..ApiResource::new("ImageTag", "imagetags", "imagetag", Scope::Namespaced, VIRTUAL)
};

/// Everything that the API has, ordered by group and name.
pub static API_RESOURCES: [ApiResource; 28] = [
    cluster::LIMIT_RANGES,
    cluster::NAMESPACES,
    cluster::PODS,
    cluster::REPLICATION_CONTROLLERS,
    cluster::DAEMON_SETS,
    cluster::DEPLOYMENTS,
    cluster::REPLICA_SETS,
    cluster::STATEFUL_SETS,
    cluster::DEPLOYMENT_CONFIGS,
    cluster::SELF_SUBJECT_REVIEWS,
    cluster::SELF_SUBJECT_ACCESS_REVIEWS,
    cluster::SELF_SUBJECT_RULES_REVIEWS,
    cluster::SUBJECT_ACCESS_REVIEWS,
    cluster::CRON_JOBS,
    cluster::JOBS,
    cluster::BUILD_CONFIGS,
    cluster::BUILDS,
    IMAGES,
    IMAGE_SIGNATURES,
    IMAGE_STREAM_IMAGES,
    IMAGE_STREAM_IMPORTS,
    IMAGE_STREAM_MAPPINGS,
    IMAGE_STREAMS,
    IMAGE_STREAM_TAGS,
    IMAGE_TAGS,
    cluster::PROJECT_REQUESTS,
    cluster::PROJECTS,
    cluster::USERS,
];

/// Kinds of `image.openshift.io` that objects of no resource have.
const OTHER_KINDS: [&str; 2] = ["DockerImage", IMAGE_STREAM_LAYERS.kind];

/// Whether a group at a version has a kind, that of an object or of a list.
pub(crate) fn is_kind(group: &str, version: &str, kind: &str) -> bool {
    let of_resource = |resource: &ApiResource| {
        (resource.group, resource.version) == (group, version)
            && (resource.kind == kind || resource.list_kind == Some(kind))
    };
    (group, version) == (GROUP, VERSION) && OTHER_KINDS.contains(&kind) || API_RESOURCES.iter().any(of_resource)
}

/// The group of a resource or a kind. No two groups have a resource or a kind of the same name.
pub(crate) fn group_of(name: &str) -> &'static str {
    let found = API_RESOURCES.iter().find(|resource| resource.plural == name || resource.kind == name);
    found.map_or(GROUP, |resource| resource.group)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::api::{self, List, ListMeta, Resource};

    /// A resource with the name of the type of its objects and the kind of their lists.
    fn typed<T: Resource>() -> (&'static ApiResource, &'static str, String) {
        let name = std::any::type_name::<T>().rsplit("::").next().unwrap();
        (T::API_RESOURCE, name, List::<T>::new(ListMeta::default(), Vec::new()).kind)
    }

    #[test]
    fn every_resource_has_a_type_and_every_type_its_resource() {
        let types = [
            typed::<api::Image>(),
            typed::<api::ImageSignature>(),
            typed::<api::ImageStreamImage>(),
            typed::<api::ImageStreamImport>(),
            typed::<api::ImageStreamMapping>(),
            typed::<api::ImageStream>(),
            typed::<api::ImageStreamTag>(),
            typed::<api::ImageTag>(),
        ];
        let of_group = API_RESOURCES.iter().filter(|resource| resource.group == GROUP);
        assert!(types.iter().map(|(resource, ..)| *resource).eq(of_group));
        for (resource, name, list_kind) in types {
            assert_eq!(resource.kind, name);
            let listed = resource.verbs.contains(&Verb::List);
            assert_eq!(resource.list_kind, listed.then_some(&*list_kind));
        }
    }

    #[test]
    fn names_and_versions_follow_from_kinds_and_groups() {
        for resource in &API_RESOURCES {
            assert_eq!(resource.singular, resource.kind.to_lowercase());
            assert_eq!(resource.plural, format!("{}s", resource.singular));
            let list_kind = format!("{}List", resource.kind);
            assert_eq!(resource.list_kind, resource.verbs.contains(&Verb::List).then_some(&*list_kind));
            let (group, version) = resource.api_version.rsplit_once('/').unwrap_or(("", resource.api_version));
            assert_eq!((group, version), (resource.group, resource.version), "{}", resource.plural);
            assert_eq!(group_of(resource.plural), resource.group);
            assert_eq!(group_of(resource.kind), resource.group);
        }
    }

    #[test]
    fn rows_and_what_they_list_are_ordered_by_name() {
        assert!(API_RESOURCES.is_sorted_by_key(|resource| (resource.group, resource.plural)));
        for resource in &API_RESOURCES {
            assert!(resource.verbs.is_sorted_by_key(|verb| verb.name()), "{}", resource.plural);
            assert!(resource.subresources.is_sorted_by_key(|part| part.name), "{}", resource.plural);
            for part in resource.subresources {
                assert!(part.verbs.is_sorted_by_key(|verb| verb.name()), "{}/{}", resource.plural, part.name);
            }
        }
    }

    #[test]
    fn a_name_is_one_resource() {
        let names = |resource: &'static ApiResource| {
            [resource.plural, resource.singular].into_iter().chain(resource.short_names.iter().copied())
        };
        for name in API_RESOURCES.iter().flat_map(names) {
            assert_eq!(API_RESOURCES.iter().filter(|resource| resource.is_called(name)).count(), 1, "{name}");
        }
    }

    #[test]
    fn those_that_are_stored_have_a_hash() {
        for resource in &API_RESOURCES {
            let digest = Sha256::digest(format!("{}/{}/{}", resource.group, resource.version, resource.kind));
            let hash = STANDARD.encode(&digest[..8]);
            // A project is stored as the namespace that it is.
            let stored = resource.verbs.contains(&Verb::Watch) && !resource.is_workload && resource.kind != "Project";
            assert_eq!(resource.storage_version_hash, if stored { &*hash } else { "" }, "{}", resource.plural);
        }
    }

    #[test]
    fn verbs_are_written_by_their_names() {
        for verb in Verb::ALL {
            assert_eq!(serde_json::to_value(verb).unwrap(), verb.name());
        }
    }

    #[test]
    fn kinds_of_the_group_are_known() {
        let kinds = [
            "DockerImage",
            "Image",
            "ImageList",
            "ImageSignature",
            "ImageStream",
            "ImageStreamImage",
            "ImageStreamImport",
            "ImageStreamLayers",
            "ImageStreamList",
            "ImageStreamMapping",
            "ImageStreamTag",
            "ImageStreamTagList",
            "ImageTag",
            "ImageTagList",
        ];
        assert!(kinds.into_iter().all(|kind| is_kind(GROUP, VERSION, kind)));
        let unknown = ["SecretList", "ImageSignatureList", "Status", "Namespace", ""];
        assert!(!unknown.into_iter().any(|kind| is_kind(GROUP, VERSION, kind)));
        assert!(is_kind("", "v1", "Namespace") && is_kind("project.openshift.io", "v1", "ProjectList"));
        assert!(!is_kind("", "v2", "Namespace") && !is_kind("", "v1", "Image") && !is_kind("", "v1", "DockerImage"));
        let of_group = API_RESOURCES.iter().filter(|resource| resource.group == GROUP);
        let known = of_group.flat_map(|resource| [Some(resource.kind), resource.list_kind]).flatten();
        assert!(known.chain(OTHER_KINDS).all(|kind| kinds.contains(&kind)));
    }

    /// The methods of a resource in the npm package with the sub-resource and the verb that each asks for; nothing for what
    /// is beyond the API.
    fn of_npm(method: &str) -> Option<(&'static str, Verb)> {
        Some(match method {
            "create" => ("", Verb::Create),
            "delete" => ("", Verb::Delete),
            "deleteCollection" => ("", Verb::DeleteCollection),
            "get" => ("", Verb::Get),
            "list" => ("", Verb::List),
            "patch" => ("", Verb::Patch),
            "replace" => ("", Verb::Update),
            "watch" => ("", Verb::Watch),
            "layers" => ("layers", Verb::Get),
            "getStatus" => ("status", Verb::Get),
            "patchStatus" => ("status", Verb::Patch),
            "replaceStatus" => ("status", Verb::Update),
            "createAll" | "history" | "listWithoutManifests" | "newest" | "rollback" => return None,
            other => panic!("a method that this test does not know: {other}"),
        })
    }

    /// The names of the members of the object that begins at the start of a JavaScript text.
    fn members(object: &str) -> Vec<&str> {
        let (mut depth, mut names) = (0_usize, Vec::new());
        for line in object.lines() {
            let member = line.trim_start().trim_start_matches("async ");
            let end = member.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(member.len());
            if depth == 1 && end > 0 {
                names.push(&member[..end]);
            } else if depth == 1 && member.starts_with("...") {
                names.push(member.trim_end_matches(','));
            }
            for letter in line.chars() {
                match letter {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
            }
            if depth == 0 {
                break;
            }
        }
        names
    }

    #[test]
    fn the_npm_package_has_the_same_resources_and_verbs() {
        let source = include_str!("../../../npm/src/resources.js");
        // What all stored objects have: written in one line.
        let (_, shared) = source.split_once("\nconst verbs = {").unwrap();
        let shared: Vec<&str> = shared.split('}').next().unwrap().split(',').collect();
        let shared: Vec<&str> = shared.iter().map(|member| member.split(':').next().unwrap().trim()).collect();
        let classes = source.match_indices(" = resource(").map(|(at, begin)| {
            let name = source[..at].rsplit(' ').next().unwrap();
            let methods = source[at + begin.len()..].trim_start();
            let methods = match methods.split_once(')').unwrap() {
                ("verbs", _) => vec!["...verbs"],
                (named, _) if !named.starts_with('{') => {
                    let declared = format!("\nconst {} = ", named.split(',').next().unwrap());
                    members(source.split_once(&declared).unwrap().1)
                }
                (line, _) if !line.contains('\n') => {
                    let inner = line.trim_start_matches('{');
                    inner
                        .split(',')
                        .map(|member| member.trim_matches([' ', '}']).split([':', '(']).next().unwrap())
                        .collect()
                }
                _ => members(methods),
            };
            (name, methods)
        });
        let classes: BTreeMap<&str, Vec<&str>> = classes.collect();
        let mut found = BTreeSet::new();
        let resources = || API_RESOURCES.iter().filter(|resource| resource.group == GROUP);
        for resource in resources() {
            let named = format!("\"{}\"", resource.plural);
            let mut lines = source.lines().filter(|line| line.contains(&named));
            let class = lines.find_map(|line| line.split(['(', ' ', ',']).find(|word| classes.contains_key(word)));
            let class = class.unwrap_or_else(|| panic!("the package has no {}", resource.plural));
            let methods = classes[class].iter().flat_map(|method| match *method {
                "...verbs" => shared.clone(),
                method => vec![method],
            });
            found.extend(methods.filter_map(of_npm).map(|(part, verb)| (resource.plural, part, verb.name())));
        }
        let mut wanted = BTreeSet::new();
        for resource in resources() {
            // The package has no secrets: there never are any.
            let parts = resource.subresources.iter().map(|part| part.name).filter(|part| *part != "secrets");
            for part in std::iter::once("").chain(parts) {
                wanted.extend(resource.verbs_of(part).iter().map(|verb| (resource.plural, part, verb.name())));
            }
        }
        assert_eq!(found, wanted);
    }
}
