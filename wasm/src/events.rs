//! Watches: JavaScript requests their events one by one.

use std::cell::RefCell;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use imagestream::api::{Image, ImageStream};
use imagestream::request::EventStream;
use imagestream::{Result, Watch, WatchEvent};
use js_sys::Function;
use send_wrapper::SendWrapper;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::convert::to_text;
use crate::error::thrown;

/// The events of one watch.
#[wasm_bindgen]
pub struct Events(RefCell<Source>);

enum Source {
    Images(Watch<Image>),
    Streams(Watch<ImageStream>),
    /// The lines of a watch over HTTP.
    Lines(EventStream),
}

/// An event in the form that JavaScript receives.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "UPPERCASE")]
enum Event<T> {
    Added {
        object: T,
    },
    Modified {
        object: T,
    },
    Deleted {
        object: T,
    },
    #[serde(rename_all = "camelCase")]
    Bookmark {
        resource_version: String,
        initial_events_end: bool,
    },
}

/// Calls back when there may be a new event.
struct Notify(SendWrapper<Function>);

impl Wake for Notify {
    fn wake(self: Arc<Self>) {
        // The callback only settles a promise. If it could throw, the writer should not fail for it.
        let _ = self.0.call0(&JsValue::NULL);
    }
}

#[wasm_bindgen]
impl Events {
    /// The next event as JSON (over HTTP: a line); `null` if the watch has ended; `undefined` if there is no event yet. In
    /// the last case `wake` is called once, from within a call that writes, when there may be one.
    ///
    /// # Errors
    ///
    /// The error that ended the watch.
    pub fn next(&self, wake: Function) -> Result<JsValue, JsValue> {
        let waker = Waker::from(Arc::new(Notify(SendWrapper::new(wake))));
        let mut context = Context::from_waker(&waker);
        let polled = match &mut *self.0.borrow_mut() {
            Source::Images(watch) => watch.poll_next(&mut context).map(text),
            Source::Streams(watch) => watch.poll_next(&mut context).map(text),
            Source::Lines(lines) => lines.poll_line(&mut context).map(|line| Ok(line.map(|line| utf8(&line)))),
        };
        match polled {
            Poll::Pending => Ok(JsValue::UNDEFINED),
            Poll::Ready(Ok(event)) => Ok(event.map_or(JsValue::NULL, JsValue::from)),
            Poll::Ready(Err(error)) => Err(thrown(&error)),
        }
    }

    /// A bookmark of a watch over HTTP, if the client requested bookmarks and there is a newer version than in the last one.
    pub fn bookmark(&self) -> Option<String> {
        match &mut *self.0.borrow_mut() {
            Source::Lines(lines) => lines.bookmark().map(|line| utf8(&line)),
            Source::Images(_) | Source::Streams(_) => None,
        }
    }

    /// The seconds after which a watch over HTTP ends.
    #[wasm_bindgen(getter)]
    pub fn timeout(&self) -> Option<f64> {
        match &*self.0.borrow() {
            Source::Lines(lines) => Some(lines.timeout().as_secs_f64()),
            Source::Images(_) | Source::Streams(_) => None,
        }
    }
}

/// An event as JSON.
fn text<T: Serialize>(event: Option<Result<WatchEvent<T>>>) -> Result<Option<String>> {
    let Some(event) = event.transpose()? else { return Ok(None) };
    let event = match event {
        WatchEvent::Added(object) => Event::Added { object },
        WatchEvent::Modified(object) => Event::Modified { object },
        WatchEvent::Deleted(object) => Event::Deleted { object },
        WatchEvent::Bookmark { resource_version, initial_events_end } => {
            Event::Bookmark { resource_version: resource_version.to_string(), initial_events_end }
        }
    };
    to_text(&event).map(Some)
}

/// Converts JSON, which is always valid UTF-8, to a text.
fn utf8(line: &[u8]) -> String {
    String::from_utf8_lossy(line).into_owned()
}

impl From<Watch<Image>> for Events {
    fn from(watch: Watch<Image>) -> Self {
        Self(RefCell::new(Source::Images(watch)))
    }
}

impl From<Watch<ImageStream>> for Events {
    fn from(watch: Watch<ImageStream>) -> Self {
        Self(RefCell::new(Source::Streams(watch)))
    }
}

impl From<EventStream> for Events {
    fn from(lines: EventStream) -> Self {
        Self(RefCell::new(Source::Lines(lines)))
    }
}
