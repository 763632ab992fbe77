//! Every statement of the service, by what it is about.

mod curations;
mod facts;
mod favourites;
pub mod personal;
mod reports;
mod scores;
mod views;

pub use self::{
    curations::{
        CurationRow, NewCuration, curations, decide, decided, latest_of, lock_product, standing,
    },
    facts::{
        DeliveryTimes, OrderFact, ProductFact, put_cart, put_delivery, put_lines, put_order,
        put_product,
    },
    favourites::{forget_unmarked, put_favourite},
    reports::{DayRow, Days, DeliveryRow, FunnelRow, delivery_times, funnel, popular, sales},
    scores::{RankedRow, Score, Scored, ranking, signals, store_scores, top_scores},
    views::{NewView, forget_views, put_view},
};
