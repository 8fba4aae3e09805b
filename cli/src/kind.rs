//! The kinds of objects that can be asked for.

use std::str::FromStr;

use imagestream::api::{Image, ImageStream, ImageStreamImage, ImageStreamTag, ImageTag, Resource};

/// A kind, by any of its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Image,
    ImageStream,
    ImageStreamTag,
    ImageTag,
    ImageStreamImage,
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        fn is<R: Resource>(name: &str) -> bool {
            name == R::PLURAL || name == R::SINGULAR || R::SHORT == Some(name)
        }
        let lower = name.to_ascii_lowercase();
        match lower.as_str() {
            name if is::<Image>(name) => Ok(Self::Image),
            name if is::<ImageStream>(name) => Ok(Self::ImageStream),
            name if is::<ImageStreamTag>(name) => Ok(Self::ImageStreamTag),
            name if is::<ImageTag>(name) => Ok(Self::ImageTag),
            name if is::<ImageStreamImage>(name) => Ok(Self::ImageStreamImage),
            _ => Err("known are images, imagestreams (is), imagestreamtags (istag), imagetags (itag) \
                      and imagestreamimages (isimage)"
                .to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
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
        assert!("pods".parse::<Kind>().unwrap_err().contains("istag"));
    }
}
