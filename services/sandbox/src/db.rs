//! Every statement of the service, by table.

mod intent;
mod webhook;

pub use intent::*;
pub use webhook::*;
