//! Every statement of the service.

mod door;
mod drivers;
mod jobs;
mod moves;
mod offers;
pub mod personal;
mod rounds;

pub use door::*;
pub use drivers::*;
pub use jobs::*;
pub use moves::*;
pub use offers::*;
pub use rounds::*;
