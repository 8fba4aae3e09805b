//! Objects as people read them, in the form of `oc describe`.

mod image;
mod metadata;
mod stream;
mod text;

use self::metadata::age;
use self::text::Text;
pub use self::text::size;
use crate::api::{Image, ImageStream, ImageStreamImage, ImageStreamTag, ImageTag, Time};

/// A kind that can be described in text.
///
/// ```
/// use imagestream::api::{ImageStream, Time};
/// use imagestream::printers::Described;
///
/// let mut stream = ImageStream::default();
/// stream.metadata.name = "web".to_owned();
/// assert!(stream.describe(Time::from_unix(0)).starts_with("Name:\t\t\tweb\n"));
/// ```
pub trait Described {
    /// The lines of `oc describe`; ages are relative to `now`.
    fn describe(&self, now: Time) -> String;
}

impl Described for Image {
    fn describe(&self, now: Time) -> String {
        let mut text = Text::default();
        image::describe(&mut text, self, now);
        text.to_string()
    }
}

impl Described for ImageStream {
    fn describe(&self, now: Time) -> String {
        let mut text = Text::default();
        stream::describe(&mut text, self, now);
        text.to_string()
    }
}

impl Described for ImageStreamTag {
    fn describe(&self, now: Time) -> String {
        let mut text = Text::default();
        image::describe_of_stream(&mut text, &self.image, now);
        text.to_string()
    }
}

impl Described for ImageStreamImage {
    fn describe(&self, now: Time) -> String {
        let mut text = Text::default();
        image::describe_of_stream(&mut text, &self.image, now);
        text.to_string()
    }
}

impl Described for ImageTag {
    fn describe(&self, now: Time) -> String {
        let mut text = Text::default();
        text.field("Name", &self.metadata.name);
        text.field("Namespace", &self.metadata.namespace);
        text.field("Created", age(&self.metadata, now));
        text.line("");
        let tag = self.metadata.name.rsplit(':').next().unwrap_or_default();
        stream::describe_tag(&mut text, tag, self.spec.as_ref(), self.status.as_ref(), now);
        if let Some(image) = &self.image {
            text.line("");
            image::describe(&mut text, image, now);
        }
        text.to_string()
    }
}
