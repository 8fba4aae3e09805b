//! Reading the workloads of a cluster.

use super::containers::{File, Unpacking, is_blob};
use super::documents::{self, Kinds, Objects};
use super::place::Place;
use super::source::Source;
use crate::error::{Error, Result};
use crate::resources::{Finding, Workloads};

/// Reads the workloads and limit ranges in `sources`, which have the same forms as those of an [import](super::import):
/// lists and single objects in JSON or YAML, trees of `oc adm inspect` and must-gathers, in archives and compressed.
/// Objects of other kinds are passed over.
///
/// What can't be read is a [finding](Workloads::findings). All workloads are kept in memory.
///
/// ```
/// use imagestream::transfer::{Bytes, read_workloads};
///
/// let pods = br#"{"kind": "PodList", "apiVersion": "v1", "items": [{"metadata": {"name": "web-1", "namespace": "shop"}, "spec":
///     {"containers": [{"image": "registry.example/shop/web:1.2"}]}, "status": {"phase": "Running"}}]}"#;
/// let workloads = read_workloads(&[&Bytes { name: "pods.json", bytes: pods }])?;
/// assert_eq!(workloads.count(), 1);
/// # Ok::<(), imagestream::Error>(())
/// ```
///
/// # Errors
///
/// [`Import`](crate::ErrorKind::Import) if a source is cut, exceeds a bound, or is a single file without any object; errors of
/// reading.
pub fn read_workloads(sources: &[&dyn Source]) -> Result<Workloads> {
    let mut reading = Reading { workloads: Workloads::default(), kinds: Kinds::new() };
    let mut files = 0;
    for source in sources {
        let is_named = !source.is_folder();
        source.files(&mut |path, content| {
            let mut unpacking = Unpacking { visit: &mut |file| reading.file(file), link: &mut |_, _| {}, files };
            unpacking.read(path, content, is_named)?;
            files = unpacking.files;
            Ok(())
        })?;
    }
    Ok(reading.workloads)
}

struct Reading {
    workloads: Workloads,
    kinds: Kinds,
}

impl Reading {
    fn file(&mut self, file: &mut File<'_>) -> Result<()> {
        if !file.is_named && (is_blob(file.path) || !may_have_workloads(file.path, file.beginning)) {
            return Ok(());
        }
        let (is_named, path) = (file.is_named, file.path.to_owned());
        let is_understood = documents::read(file, self)?;
        if is_named && !is_understood {
            return Err(Error::import(&path, "there is no object in it"));
        }
        Ok(())
    }
}

impl Objects for Reading {
    fn kinds(&mut self) -> &mut Kinds {
        &mut self.kinds
    }

    fn is_first_pass(&self) -> bool {
        true
    }

    fn object(&mut self, json: Result<Vec<u8>, String>, place: Place, kind_in_list: Option<&str>) -> Result<()> {
        let Place { file, document, item } = place;
        let place = Finding { file, document, item, ..Finding::default() };
        match json {
            Ok(json) => self.workloads.add(&json, kind_in_list, place),
            Err(reason) => self.workloads.find(Finding { reason, ..place }),
        }
        Ok(())
    }
}

/// Whether a file in a folder or an archive may have workloads: others are logs, data and reports.
fn may_have_workloads(path: &str, beginning: &[u8]) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let has = |word: &str| memchr::memmem::find(beginning, word.as_bytes()).is_some();
    matches!(extension, "yaml" | "yml" | "json") && !beginning.contains(&0) && (has("kind") || has("items"))
}
