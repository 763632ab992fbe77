mod accounts;
mod balance;
mod choose;
mod come_back;
mod complaint;
mod data;
mod documents;
mod earnings;
mod ledger;
mod left;
mod methods;
mod page;
mod payouts;
mod refund;
mod settlements;
mod show;
mod start;
mod statement;
mod terms;
mod ways;
mod webhook;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{App, settlement};

fn routes() -> OpenApiRouter<App> {
    let files = OpenApiRouter::new()
        .routes(routes!(settlements::load::load))
        .layer(DefaultBodyLimit::max(settlement::BODY_LIMIT));
    OpenApiRouter::new()
        .routes(routes!(show::show))
        .routes(routes!(choose::payment_of_order))
        .routes(routes!(choose::offered_ways))
        .routes(routes!(choose::choose_way))
        .routes(routes!(ways::ways, ways::set))
        .routes(routes!(accounts::provider_accounts))
        .routes(routes!(ways::remove))
        .routes(routes!(methods::saved_methods))
        .routes(routes!(methods::remove_saved_method))
        .routes(routes!(left::left_methods))
        .routes(routes!(left::left_method_removed))
        .routes(routes!(come_back::come_back))
        .routes(routes!(refund::ask::refund))
        .routes(routes!(refund::list::refunds))
        .routes(routes!(refund::decide::decide))
        .routes(routes!(refund::limits::refund_limits, refund::limits::set_refund_limit))
        .routes(routes!(refund::change::refund_limit_changes))
        .routes(routes!(refund::change::decide_refund_limit))
        .routes(routes!(complaint::ask::complain, complaint::mine::order_complaints))
        .routes(routes!(complaint::list::complaints))
        .routes(routes!(complaint::answer::answer))
        .routes(routes!(ledger::ledger))
        .routes(routes!(ledger::entries))
        .routes(routes!(balance::balance))
        .routes(routes!(balance::trial_balance))
        .routes(routes!(terms::vendor_terms, terms::put_vendor_terms))
        .routes(routes!(statement::vendor_statement))
        .routes(routes!(earnings::driver_earnings))
        .routes(routes!(earnings::driver_deliveries))
        .routes(routes!(payouts::make_payout, payouts::payouts))
        .routes(routes!(payouts::waiting_payouts))
        .routes(routes!(payouts::payout_sent))
        .routes(routes!(webhook::sandbox))
        .routes(routes!(webhook::provider))
        .routes(routes!(settlements::list::list))
        .routes(routes!(settlements::list::one))
        .routes(routes!(settlements::differences::list))
        .routes(routes!(settlements::differences::explain))
        .routes(routes!(documents::list::list))
        .routes(routes!(documents::one::one))
        .routes(routes!(documents::one::pdf))
        .routes(routes!(documents::of_order::of_order))
        .routes(routes!(page::show::show, page::choose::choose))
        .routes(routes!(page::state::state))
        .routes(routes!(page::come_back::come_back))
        .routes(routes!(page::file::file))
        .merge(files)
}

/// The public operations and, undocumented, those for the house.
pub fn router(app: App) -> Router {
    let (public, _) = routes().split_for_parts();
    public
        .route("/internal/payments/payments", post(start::start))
        .route("/internal/payments/people/{person}/data", get(data::data))
        .with_state(app)
}

pub fn open_api() -> utoipa::openapi::OpenApi {
    let about = "The money of an order, from its provider's word to the ledger.";
    host::open_api("Tipple payments", about, crate::access::ACCESS, routes().into_openapi())
}
