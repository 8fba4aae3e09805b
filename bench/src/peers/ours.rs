//! The store itself.

use std::ops::Range;
use std::path::Path;
use std::rc::Rc;

use imagestream::api::ImageStreamMapping;
use imagestream::{ImageStore, PostParams};

use super::{Target, Writer};
use crate::rows::FILE;
use crate::workload::{NAMESPACE, STREAM, Workload, create_stream};

/// A store, and the mappings for it.
pub(crate) struct Ours {
    /// The store.
    pub(crate) store: ImageStore,
    workload: Rc<Workload>,
}

impl Ours {
    /// Opens the store in a folder, or creates it with the stream.
    pub(crate) fn open(folder: &Path, workload: &Rc<Workload>) -> Self {
        let path = folder.join(FILE);
        let is_new = !path.exists();
        let ours = Self { store: ImageStore::open(path).unwrap(), workload: Rc::clone(workload) };
        if is_new {
            create_stream(&ours.store, STREAM);
        }
        ours
    }

    /// A new store in memory.
    pub(crate) fn in_memory(workload: &Rc<Workload>) -> Self {
        let ours = Self { store: ImageStore::in_memory().unwrap(), workload: Rc::clone(workload) };
        create_stream(&ours.store, STREAM);
        ours
    }
}

impl Target for Ours {
    type Transaction = Vec<ImageStreamMapping>;

    fn transaction(&self, images: Range<usize>) -> Self::Transaction {
        images.map(|index| self.workload.mapping(index)).collect()
    }

    fn retag(&self, image: usize, _position: usize) -> Self::Transaction {
        vec![self.workload.mapping(image)]
    }

    fn writer(&self) -> Writer<Self::Transaction> {
        let mappings = self.store.namespace(NAMESPACE).mappings();
        Box::new(move |transaction| {
            let params = PostParams::default();
            if let [mapping] = transaction.as_slice() {
                let _ = mappings.create(&params, mapping).unwrap();
            } else {
                mappings.create_all(&params, transaction).unwrap();
            }
        })
    }
}
