//! Every statement of the service.

mod door;
mod driver_use;
mod drivers;
mod jobs;
mod moves;
mod offers;
pub mod personal;
mod rounds;

pub use door::*;
pub use driver_use::*;
pub use drivers::*;
pub use jobs::*;
pub use moves::*;
pub use offers::*;
pub use rounds::*;
