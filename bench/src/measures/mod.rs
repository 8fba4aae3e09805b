//! The measures, in a module for each kind of work.

pub(crate) mod bulk;
pub(crate) mod counts;
mod create;
pub(crate) mod managed;
mod memory;
mod npm;
pub(crate) mod open;
mod read;
mod serve;
mod size;
mod stage;
mod watch;

use crate::run::{Run, USUAL};
use stage::Stage;

/// Measures everything that is wanted.
pub(crate) fn run(run: &Run) {
    for &images in run.sizes() {
        let stage = Stage::lazy(run, images, create::most(run));
        create::run(run, &stage, images);
        bulk::run(run, &stage, images);
        size::run(run, &stage, images);
        memory::run(run, &stage, images);
        open::run(run, &stage, images);
        if images == USUAL {
            counts::run(run, &stage);
            npm::run(run, &stage);
        }
        drop(stage);
        read::run(run, images);
    }
    counts::lengths(run);
    managed::run(run);
    watch::run(run);
    serve::run(run);
    if !run.quick {
        open::large(run);
    }
}
