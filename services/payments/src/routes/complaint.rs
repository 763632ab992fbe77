pub mod answer;
pub mod ask;
pub mod list;
pub mod mine;
mod view;
