pub mod erasure;
pub mod orders;
