use tracing::{Level, Metadata};
use tracing_subscriber::{
    EnvFilter, filter::filter_fn, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::Log;

/// Starts logging to standard error; a second call in one process changes nothing.
pub fn start_logging(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter).with(filter_fn(may_be_told));
    let _ = if log.format == "json" {
        registry
            .with(fmt::layer().json().flatten_event(true).with_writer(std::io::stderr))
            .try_init()
    } else {
        registry.with(fmt::layer().with_target(false).with_writer(std::io::stderr)).try_init()
    };
}

/// Whether it shows no secret at any level. The client of the broker tells in detail what it sends, and its
/// password is among that.
fn may_be_told(what: &Metadata<'_>) -> bool {
    !what.target().starts_with("lapin") || *what.level() <= Level::INFO
}
