//! Who may call which operation of this service, and for which rows.

use wire::{
    Rule,
    access::{CUSTOMERS, DRIVERS, OPERATORS, OVERSEERS, READERS, STAFF, roles},
};

const SHIFTS: &str = "shifts; own: those that one drives";
const JOBS: &str = "jobs; own: those that one drives";

/// A line for each operation.
pub const ACCESS: &[Rule] = &[
    roles("begin_shift", &[DRIVERS], SHIFTS),
    roles("end_shift", &[DRIVERS], SHIFTS),
    roles(
        "driver_me",
        &[DRIVERS],
        "shifts, offers and jobs; own: those that one drives or is offered",
    ),
    roles("accept_offer", &[DRIVERS], "offers; own: those made to oneself"),
    roles("decline_offer", &[DRIVERS], "offers; own: those made to oneself"),
    roles("send_pings", &[DRIVERS], SHIFTS),
    roles("pick_up", &[DRIVERS], JOBS),
    roles("arrive", &[DRIVERS], JOBS),
    roles("check_at_door", &[DRIVERS], JOBS),
    roles("hand_over", &[DRIVERS], JOBS),
    roles("refuse", &[DRIVERS], JOBS),
    roles(
        "return_to_store",
        &[DRIVERS, STAFF, OPERATORS],
        "jobs; own: those that one drives; store: those from that store",
    ),
    roles("lose_job", &[OPERATORS], "jobs"),
    roles(
        "delivery_of_order",
        &[CUSTOMERS, DRIVERS, STAFF, READERS],
        "jobs; own: those of orders that one placed, and those that one drives; store: those from that store",
    ),
    roles(
        "delivery_events",
        &[CUSTOMERS, DRIVERS, STAFF, READERS],
        "jobs; own: those of orders that one placed, and those that one drives; store: those from that store",
    ),
    roles(
        "route_of_order",
        &[CUSTOMERS, DRIVERS, OPERATORS],
        "jobs; own: those of orders that one placed, and those that one drives",
    ),
    roles("list_jobs", &[READERS], "jobs"),
    roles("driver_use", &[OVERSEERS], "shifts and jobs"),
    roles("list_drivers", &[READERS], "shifts"),
];
