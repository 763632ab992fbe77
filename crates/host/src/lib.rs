//! A process: its settings, what it logs, where the other services are, listening and stopping.

mod connection;
mod context;
mod deed;
mod door;
mod edge;
mod first;
mod listen;
mod live;
mod news;
mod part;
mod position;
mod process;
mod ready;
mod settings;
mod socket;
mod telemetry;
mod unread;

pub use context::{Context, Directory};
pub use deed::Deed;
pub use door::{Operation, fits, operations, scope};
pub use edge::{open_api, request_id, tell_request_id};
pub use first::AtOnce;
pub use listen::{Strangers, network};
pub use live::{Live, Pace, Sight, Watcher};
pub use news::{ACCESS_ENDED, NewsAnswer};
pub use part::{Job, Part, Service};
pub use process::{House, Process, choose_cryptography};
pub use settings::{
    Addresses, Auth, DEFAULTS, Database, Events, HouseSecret, Log, Settings, secrets_folder,
};
pub use telemetry::start_logging;
