//! Through the front door, on a fresh database.

mod access;
mod alerts;
mod answers;
mod follow;
mod holds;
mod import;
mod picks;
mod race;
mod replicas;
mod search;
mod seed;
mod sells;
mod sheet;
mod shop;
mod stock;
mod stores;
