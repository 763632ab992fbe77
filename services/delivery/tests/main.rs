//! Through the front door, on a fresh database, with a stand-in for the law.

mod assignment;
mod busy_evening;
mod door;
mod erasure;
mod followers;
mod gone;
mod google;
mod journey;
mod live;
mod nearest;
mod recall;
mod scene;
mod shifts;
mod slots;
mod told_later;
mod views;
