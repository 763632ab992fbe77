//! Payments at Razorpay: a stand-in at the end of a real socket.

mod flows;
mod forgeries;
mod house;
mod saved;
mod strays;
