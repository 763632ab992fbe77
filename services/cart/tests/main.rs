//! Through the front door, on a fresh database; the catalogue, the law and delivery are played.

mod cancel;
mod cart;
mod claim;
mod claim_race;
mod contract;
mod erasure;
mod fill;
mod packed;
mod page;
mod rules;
mod slots;
mod town;
