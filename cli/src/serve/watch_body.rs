//! The body of a watch: events until its timeout is over or the server ends.

use std::convert::Infallible;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::HttpBody;
use bytes::Bytes;
use http_body::Frame;
use imagestream::request::EventStream;
use tokio::task::block_in_place;
use tokio::time::{Instant, Interval, Sleep, interval_at, sleep};

/// How often a client that requested bookmarks gets one.
const BOOKMARKS: Duration = Duration::from_secs(60);

/// The events of a watch as they happen. Dropping it, for example when the client disconnects, ends the watch.
pub(super) struct WatchBody {
    events: EventStream,
    over: Pin<Box<Sleep>>,
    bookmarks: Interval,
}

impl WatchBody {
    pub(super) fn new(events: EventStream) -> Self {
        let over = Box::pin(sleep(events.timeout()));
        Self { events, over, bookmarks: interval_at(Instant::now() + BOOKMARKS, BOOKMARKS) }
    }

    /// The next line; `None` at the end.
    pub(super) fn poll_line(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.over.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        // Reading from the store may block on the disk.
        if let Poll::Ready(line) = block_in_place(|| self.events.poll_line(context)) {
            return Poll::Ready(line);
        }
        while self.bookmarks.poll_tick(context).is_ready() {
            if let Some(line) = self.events.bookmark() {
                return Poll::Ready(Some(line));
            }
        }
        Poll::Pending
    }
}

impl HttpBody for WatchBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.poll_line(context).map(|line| line.map(|line| Ok(Frame::data(line))))
    }
}
