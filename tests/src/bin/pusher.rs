//! Pushes images and prints the number of each acknowledged one, until it is killed.
//!
//! Arguments: the store's file, the first number, and the number of bytes that triggers a checkpoint.

use std::error::Error;
use std::io::Write;

use imagestream::ImageStore;
use imagestream_tests::objects::push;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("the store's file is missing")?;
    let first: u64 = arguments.next().ok_or("the first number is missing")?.parse()?;
    let checkpoint = arguments.next().ok_or("the bytes of a checkpoint are missing")?.parse()?;
    let store = ImageStore::builder().checkpoint_bytes(checkpoint).open(path)?;
    let mut out = std::io::stdout();
    for number in first.. {
        push(&store, "web", "latest", number).map(drop)?;
        writeln!(out, "{number}")?;
        out.flush()?;
    }
    Ok(())
}
