//! Every statement of the service.

mod moving;
mod packing;
pub mod personal;
mod placing;
mod reading;
mod under_way;

pub use moving::{Entry, Moving, insert_note, lock, move_order, set_captured, set_driver};
pub use packing::{begin_pick, repack};
pub use placing::{
    Begun, Filling, NewOrder, begin, cancel_placing, doom, end_lease, existing, fill, finish,
    forget_keys, lapsed_placing, live_order_of_cart, placement, take_over,
};
pub use reading::{
    HistoryRow, OrderRow, Wanted, all, history, lines, may_leave, of_customer, order,
    overdue_payments, overdue_stores, state, written,
};
pub use under_way::{LoadRow, Pressing, Queued, Which, loads, queue, under_way};
