//! What is measured, a module for each kind of work.

pub(crate) mod bulk;
mod create;
mod memory;
mod read;
mod size;
mod stage;

use crate::run::Run;
use stage::Stage;

/// Measures everything that is wanted.
pub(crate) fn run(run: &Run) {
    for &images in run.sizes() {
        let stage = Stage::lazy(run, images, create::MOST);
        create::run(run, &stage, images);
        bulk::run(run, &stage, images);
        size::run(run, &stage, images);
        memory::run(run, &stage, images);
        drop(stage);
        read::run(run, images);
    }
}
