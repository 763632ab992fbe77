pub mod delivery;
pub mod erasure;
pub mod orders;
