//! Escaping characters in request lines that are not allowed in URLs, but that clients send.
//!
//! Go accepts `labelSelector=a<b`, hyper refuses it. So such characters are escaped before hyper reads them.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use hyper::body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The maximum length of a request line that is escaped; hyper refuses longer ones.
const LONGEST: usize = 64 * 1024;

/// Whether the next bytes of a connection are a request line.
///
/// That is the case at the start of a connection, and after the body of the previous request has been read completely.
/// The bytes of an unread body must not be changed: its length is already fixed.
#[derive(Debug, Clone)]
pub(super) struct AtRequestLine(Arc<AtomicBool>);

impl Default for AtRequestLine {
    fn default() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }
}

impl AtRequestLine {
    fn set(&self, value: bool) {
        self.0.store(value, Ordering::Release);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The bytes of a connection, with request lines escaped.
pub(super) struct EscapedLines<S> {
    stream: S,
    at_line: AtRequestLine,
    /// An incomplete line.
    line: Vec<u8>,
    /// Bytes to be returned, from index `given` on.
    pending: Vec<u8>,
    given: usize,
}

impl<S> EscapedLines<S> {
    pub(super) fn new(stream: S, at_line: AtRequestLine) -> Self {
        Self { stream, at_line, line: Vec::new(), pending: Vec::new(), given: 0 }
    }

    /// Makes the line available to the reader, escaped if it is complete.
    fn end_line(&mut self) {
        self.at_line.set(false);
        self.pending = escaped(std::mem::take(&mut self.line));
        self.given = 0;
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for EscapedLines<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if let Some(rest) = this.pending.get(this.given..).filter(|rest| !rest.is_empty()) {
                let given = rest.get(..buffer.remaining()).unwrap_or(rest);
                buffer.put_slice(given);
                this.given += given.len();
                return Poll::Ready(Ok(()));
            }
            if !this.at_line.get() {
                return Pin::new(&mut this.stream).poll_read(context, buffer);
            }
            let mut bytes = [0; 8 * 1024];
            let mut read = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut this.stream).poll_read(context, &mut read))?;
            let read = read.filled();
            this.line.extend_from_slice(read);
            let is_line = this.line.first().is_some_and(u8::is_ascii_uppercase) && this.line.len() <= LONGEST;
            if read.is_empty() || !is_line || read.contains(&b'\n') {
                this.end_line();
                if this.pending.is_empty() {
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for EscapedLines<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// The body of a request, which sets `at_line` once it has been read completely.
pub(super) struct LastOfRequest<B> {
    body: B,
    at_line: AtRequestLine,
}

impl<B: Body> LastOfRequest<B> {
    pub(super) fn new(body: B, at_line: AtRequestLine) -> Self {
        if body.is_end_stream() {
            at_line.set(true);
        }
        Self { body, at_line }
    }
}

impl<B: Body + Unpin> Body for LastOfRequest<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.body).poll_frame(context));
        if frame.is_none() || this.body.is_end_stream() {
            this.at_line.set(true);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Escapes the invalid characters in the first line, if it is a request line.
fn escaped(bytes: Vec<u8>) -> Vec<u8> {
    let Some(target) = target(&bytes) else { return bytes };
    let (Some(before), Some(inside), Some(behind)) =
        (bytes.get(..target.start), bytes.get(target.clone()), bytes.get(target.end..))
    else {
        return bytes;
    };
    let mut escaped = Vec::with_capacity(bytes.len() + 16);
    escaped.extend_from_slice(before);
    for byte in inside {
        match byte {
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' => {
                escaped.extend_from_slice(format!("%{byte:02X}").as_bytes());
            }
            _ => escaped.push(*byte),
        }
    }
    escaped.extend_from_slice(behind);
    escaped
}

/// The range of the target in a request line: between its two spaces.
fn target(bytes: &[u8]) -> Option<std::ops::Range<usize>> {
    let line = bytes.split(|byte| *byte == b'\n').next().filter(|line| line.len() < bytes.len())?;
    let mut blanks = line.iter().enumerate().filter(|(_, byte)| **byte == b' ').map(|(at, _)| at);
    let (first, second) = (blanks.next()?, blanks.next()?);
    let is_http = line.get(second + 1..)?.starts_with(b"HTTP/1.");
    (is_http && line.get(..first)?.iter().all(u8::is_ascii_uppercase)).then_some(first + 1..second)
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt as _, Full};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    fn escaped(text: &str) -> String {
        String::from_utf8(super::escaped(text.as_bytes().to_vec())).unwrap()
    }

    #[test]
    fn only_the_target_of_a_request_line_is_escaped() {
        assert_eq!(
            escaped("GET /a<b>?c=\"|^`{}\\%zz\u{e4} HTTP/1.1\r\nX: <y>\r\n\r\n<body>"),
            "GET /a%3Cb%3E?c=%22%7C%5E%60%7B%7D%5C%zz\u{e4} HTTP/1.1\r\nX: <y>\r\n\r\n<body>"
        );
        for line in [
            "GET /<",
            "GET /<\r\n",
            "get /< HTTP/1.1\n",
            "/< HTTP/1.1\n",
            "GET /< x HTTP/1.1\n",
            "{\"a\": \"<\"}\n",
            "",
        ] {
            assert_eq!(escaped(line), line);
        }
    }

    /// Sends the parts one by one through a connection, and returns what is read from it.
    async fn through(parts: &[&str], at_line: &AtRequestLine) -> String {
        let (mut client, server) = tokio::io::duplex(4 * LONGEST);
        let mut lines = EscapedLines::new(server, at_line.clone());
        let mut received = Vec::new();
        for part in parts {
            client.write_all(part.as_bytes()).await.unwrap();
            tokio::select! {
                biased;
                read = lines.read_buf(&mut received) => { read.unwrap(); }
                () = tokio::task::yield_now() => {}
            }
        }
        drop(client);
        lines.read_to_end(&mut received).await.unwrap();
        String::from_utf8(received).unwrap()
    }

    #[tokio::test]
    async fn a_line_may_come_in_pieces() {
        assert_eq!(
            through(&["G", "ET /a", "<b HT", "TP/1.1\r", "\nHost: <x>\r\n\r\n"], &AtRequestLine::default()).await,
            "GET /a%3Cb HTTP/1.1\r\nHost: <x>\r\n\r\n"
        );
        assert_eq!(through(&["GET /a<b"], &AtRequestLine::default()).await, "GET /a<b");
        let long = format!("GET /{} HTTP/1.1\r\n", "<".repeat(LONGEST));
        assert_eq!(through(&[&long.replace(' ', "")], &AtRequestLine::default()).await, long.replace(' ', ""));
    }

    #[tokio::test]
    async fn bodies_are_not_changed_and_the_next_request_line_is_escaped() {
        let line = "POST /<a HTTP/1.1\r\n";
        let at_line = AtRequestLine::default();
        assert_eq!(through(&[line, line], &at_line).await, format!("POST /%3Ca HTTP/1.1\r\n{line}"));
        assert!(!at_line.get());
        let body = LastOfRequest::new(Full::new(bytes::Bytes::from_static(b"x")), at_line.clone());
        assert!(!at_line.get(), "there is a body that nobody has read");
        body.collect().await.unwrap();
        assert_eq!(through(&[line], &at_line).await, "POST /%3Ca HTTP/1.1\r\n");
        LastOfRequest::new(Full::new(bytes::Bytes::new()), at_line.clone());
        assert!(at_line.get(), "there is no body");
        assert_eq!(
            through(&["\u{1}GET /< HTTP/1.1\r\n", line], &at_line).await,
            format!("\u{1}GET /< HTTP/1.1\r\n{line}")
        );
    }
}
