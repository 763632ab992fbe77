pub mod ask;
pub mod change;
pub mod decide;
pub mod limits;
pub mod list;
pub mod view;
