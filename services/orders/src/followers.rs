//! What orders does when it is told of something. Facts only move an order forward: what does not
//! fit any more is kept in the history, what comes too early is told again later.

pub mod delivery;
pub mod erasure;
pub mod payments;
