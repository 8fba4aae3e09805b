//! The `imagestream` command.
fn main() {}
