//! The kinds of objects that can be shown.

use std::str::FromStr;

use imagestream::api::{ApiResource, Image, ImageStream, ImageStreamImage, ImageStreamTag, ImageTag, Resource};

/// A kind, parsed from any of its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Image,
    ImageStream,
    ImageStreamTag,
    ImageTag,
    ImageStreamImage,
}

impl Kind {
    const ALL: [Self; 5] =
        [Self::Image, Self::ImageStream, Self::ImageStreamTag, Self::ImageTag, Self::ImageStreamImage];

    /// The resource with its names.
    fn api_resource(self) -> &'static ApiResource {
        match self {
            Self::Image => Image::API_RESOURCE,
            Self::ImageStream => ImageStream::API_RESOURCE,
            Self::ImageStreamTag => ImageStreamTag::API_RESOURCE,
            Self::ImageTag => ImageTag::API_RESOURCE,
            Self::ImageStreamImage => ImageStreamImage::API_RESOURCE,
        }
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let name = name.to_ascii_lowercase();
        Self::ALL.into_iter().find(|kind| kind.api_resource().is_called(&name)).ok_or_else(expected)
    }
}

/// The known kinds, for the error about another one.
fn expected() -> String {
    let names = Kind::ALL.map(|kind| {
        let resource = kind.api_resource();
        match resource.short_names {
            [] => resource.plural.to_owned(),
            short => format!("{} ({})", resource.plural, short.join(", ")),
        }
    });
    let [others @ .., last] = &names;
    format!("expected one of {} or {last}", others.join(", "))
}

#[cfg(test)]
mod tests {
    use imagestream::api::{API_RESOURCES, GROUP, Verb};

    use super::*;

    #[test]
    fn plural_singular_and_short_name_mean_the_same() {
        for name in ["imagestreams", "imagestream", "is", "ImageStream"] {
            assert_eq!(name.parse(), Ok(Kind::ImageStream));
        }
        assert_eq!("istag".parse(), Ok(Kind::ImageStreamTag));
        assert_eq!("itag".parse(), Ok(Kind::ImageTag));
        assert_eq!("isimage".parse(), Ok(Kind::ImageStreamImage));
        assert_eq!("image".parse(), Ok(Kind::Image));
        assert_eq!(
            "pods".parse::<Kind>(),
            Err("expected one of images, imagestreams (is), imagestreamtags (istag), imagetags (itag) \
                 or imagestreamimages (isimage)"
                .to_owned())
        );
    }

    #[test]
    fn the_kinds_are_the_resources_of_the_group_that_can_be_read() {
        let kinds = Kind::ALL.map(Kind::api_resource);
        for resource in API_RESOURCES.iter().filter(|resource| resource.group == GROUP) {
            assert_eq!(kinds.contains(&resource), resource.verbs.contains(&Verb::Get), "{}", resource.plural);
        }
    }

    #[test]
    fn the_command_of_the_npm_package_has_the_same_kinds() {
        let source = include_str!("../../npm/src/cli/commands.js");
        let (_, kinds) = source.split_once("const KINDS = [").unwrap();
        let (kinds, _) = kinds.split_once("];").unwrap();
        let kinds: Vec<Vec<String>> =
            serde_json::from_str(&format!("[{}]", kinds.trim().trim_end_matches(','))).unwrap();
        let names = Kind::ALL.map(|kind| {
            let resource = kind.api_resource();
            [&[resource.plural, resource.singular], resource.short_names].concat()
        });
        assert_eq!(kinds, names);
        // The string spans two lines there.
        assert!(source.replace("` +\n      \"", "").contains(&expected()), "{}", expected());
    }
}
