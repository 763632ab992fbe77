pub mod ask;
pub mod decide;
pub mod limits;
pub mod list;
mod view;
