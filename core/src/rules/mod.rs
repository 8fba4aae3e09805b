//! What is true of image streams: pure decisions over the types of the API.
//!
//! Nothing here knows a store, a clock, a random number or HTTP: the present state goes in, the decision comes out.

pub mod image_strategy;
pub mod manifest;
