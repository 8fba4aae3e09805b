//! Build scripting.
fn main() {}
