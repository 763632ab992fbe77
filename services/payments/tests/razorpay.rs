//! Payments at Razorpay: a stand-in at the end of a real socket.

mod flows;
mod forgeries;
mod house;
pub mod refunds;
mod saved;
mod strays;
