//! `/metrics`: numbers about requests and the store, in the text format of Prometheus.
//!
//! Metrics of requests have the names of kube-apiserver.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use axum::http::{Method, Uri};
use imagestream::ImageStore;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric as _, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::limits::{is_collection, is_watch};
use crate::store_file::sizes;

/// The media type of the response.
pub(super) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The upper limits of durations in seconds.
const DURATIONS: [f64; 10] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0];

/// What the server counts.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    durations: Family<Verb, Histogram>,
    inflight: Family<Verb, Gauge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    verb: &'static str,
    code: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Verb {
    verb: &'static str,
}

/// A running request, counted until this is dropped.
#[derive(Debug)]
pub(super) struct Running {
    verb: &'static str,
    inflight: Gauge,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.inflight.dec();
    }
}

impl Metrics {
    /// Metrics of a server and of its store, whose file is at `path`.
    pub(super) fn new(store: ImageStore, path: PathBuf) -> Self {
        let mut registry = Registry::default();
        let requests = Family::default();
        let durations = Family::new_with_constructor((|| Histogram::new(DURATIONS)) as fn() -> Histogram);
        let inflight = Family::default();
        registry.register("apiserver_request", "Answered requests", requests.clone());
        registry.register("apiserver_request_duration_seconds", "Time to answer", durations.clone());
        registry.register("apiserver_current_inflight_requests", "Requests being answered", inflight.clone());
        registry.register_collector(Box::new(OfTheStore { store, path }));
        Self { registry, requests, durations, inflight }
    }

    /// Begins to count a request.
    pub(super) fn begin(&self, method: &Method, uri: &Uri) -> Running {
        let verb = verb(method, uri);
        let inflight = self.inflight.get_or_create(&Verb { verb }).clone();
        inflight.inc();
        Running { verb, inflight }
    }

    /// Counts an answered request.
    pub(super) fn end(&self, running: &Running, code: u16, duration: Duration) {
        let verb = running.verb;
        self.requests.get_or_create(&Request { verb, code: code.into() }).inc();
        self.durations.get_or_create(&Verb { verb }).observe(duration.as_secs_f64());
    }

    /// All metrics as text.
    pub(super) fn text(&self) -> Result<String, fmt::Error> {
        let mut metrics = String::new();
        text::encode(&mut metrics, &self.registry)?;
        Ok(metrics)
    }
}

/// The verb of a request, as kube-apiserver has it in its metrics.
fn verb(method: &Method, uri: &Uri) -> &'static str {
    match *method {
        Method::GET | Method::HEAD if is_watch(uri) => "WATCH",
        Method::GET | Method::HEAD if is_collection(uri.path()) => "LIST",
        Method::GET | Method::HEAD => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// Numbers that the store counts itself.
struct OfTheStore {
    store: ImageStore,
    path: PathBuf,
}

impl fmt::Debug for OfTheStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("OfTheStore").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Collector for OfTheStore {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let statistics = self.store.statistics();
        for (name, help, value) in [
            ("imagestream_rows_read", "Rows looked up or iterated over", statistics.rows_read),
            ("imagestream_rows_written", "Rows put and deleted", statistics.rows_written),
            ("imagestream_transactions", "Accepted writes", statistics.transactions),
            ("imagestream_commits", "Commits; one may combine several writes", statistics.commits),
        ] {
            ConstCounter::new(value).encode(encoder.encode_descriptor(name, help, None, MetricType::Counter)?)?;
        }
        let (bytes, journal) = sizes(&self.path);
        let refuses = u64::from(self.store.write_failure().is_some());
        for (name, help, value) in [
            ("imagestream_file_bytes", "Size of the store's file", bytes),
            ("imagestream_journal_bytes", "Size of the journal's files", journal),
            ("imagestream_refuses_writes", "1 if an earlier write failed", refuses),
        ] {
            let gauge = ConstGauge::<u64>::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)?;
        }
        // A store that can't be read has no counts; the other metrics are still of use.
        if let Ok(counts) = self.store.object_counts() {
            let mut objects = encoder.encode_descriptor("imagestream_objects", "Objects", None, MetricType::Gauge)?;
            for (kind, count) in [("Image", counts.images), ("ImageStream", counts.streams)] {
                let gauge = ConstGauge::<u64>::new(count);
                gauge.encode(objects.encode_family(&[("kind", kind)])?)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_the_store_are_counted() {
        let store = ImageStore::in_memory().unwrap();
        let metrics = Metrics::new(store, PathBuf::from("none"));
        let uri: Uri = "/apis/image.openshift.io/v1/images?watch=true".parse().unwrap();
        let running = metrics.begin(&Method::GET, &uri);
        assert!(metrics.text().unwrap().contains("apiserver_current_inflight_requests{verb=\"WATCH\"} 1\n"));
        metrics.end(&running, 429, Duration::from_millis(7));
        drop(running);
        let text = metrics.text().unwrap();
        for line in [
            "apiserver_request_total{verb=\"WATCH\",code=\"429\"} 1\n",
            "apiserver_request_duration_seconds_bucket{le=\"0.01\",verb=\"WATCH\"} 1\n",
            "apiserver_current_inflight_requests{verb=\"WATCH\"} 0\n",
            "imagestream_transactions_total 0\n",
            "imagestream_commits_total 0\n",
            "imagestream_objects{kind=\"ImageStream\"} 0\n",
            "imagestream_journal_bytes 0\n",
            "imagestream_refuses_writes 0\n",
        ] {
            assert!(text.contains(line), "{line}{text}");
        }
    }
}
