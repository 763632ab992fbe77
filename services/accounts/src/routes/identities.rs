//! The asker's identities at providers.

pub mod list;
pub mod remove;
