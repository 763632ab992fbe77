mod categories;
mod change_stock;
mod change_terms;
mod data;
mod edit_product;
mod edit_store;
mod holds;
mod listings;
mod listings_csv;
mod offers;
mod pause;
mod product;
mod product_view;
mod products;
mod put_listing;
mod stock;
mod store;
mod stores;
mod vendors;

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRequestParts},
    http::{HeaderName, header, request::Parts},
    middleware,
    routing::post,
};
use kernel::StoreId;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;
use wire::{IfMatch, PageQuery, Problem, Reach};

use crate::{App, answers, product::category_is_valid, sheet};

/// The `ETag` of an answer.
type Tag = [(HeaderName, String); 1];

fn routes() -> OpenApiRouter<App> {
    let files = OpenApiRouter::new()
        .routes(routes!(listings_csv::export, listings_csv::import))
        .layer(DefaultBodyLimit::max(listings_csv::BODY_LIMIT));
    OpenApiRouter::new()
        .routes(routes!(categories::list, categories::name))
        .routes(routes!(vendors::list, vendors::add))
        .routes(routes!(vendors::rename))
        .routes(routes!(stores::list, edit_store::add))
        .routes(routes!(store::get, edit_store::change, change_terms::change))
        .routes(routes!(pause::pause, pause::resume))
        .routes(routes!(products::find, edit_product::add))
        .routes(routes!(product::get, edit_product::change))
        .routes(routes!(listings::list))
        .routes(routes!(put_listing::put))
        .routes(routes!(stock::list))
        .routes(routes!(stock::movements))
        .routes(routes!(change_stock::move_stock))
        .routes(routes!(change_stock::set_threshold))
        .merge(files)
}

/// The public operations and, undocumented, those for the house.
pub fn router(app: App) -> Router {
    let (public, _) = routes().split_for_parts();
    let forget = middleware::from_fn_with_state(app.answers.clone(), answers::forget_after_changes);
    public
        // What orders do to the stock says itself whether it shows.
        .layer(forget)
        .route("/internal/catalogue/offers", post(offers::offers))
        .route("/internal/catalogue/offers/search", post(offers::search))
        .route("/internal/catalogue/holds", post(holds::hold))
        .route("/internal/catalogue/holds/{order}/extend", post(holds::extend))
        .route("/internal/catalogue/holds/{order}/allocate", post(holds::allocate))
        .route("/internal/catalogue/holds/{order}/pick", post(holds::pick))
        .route("/internal/catalogue/holds/{order}/release", post(holds::release))
        .route("/internal/catalogue/people/{person}/data", axum::routing::get(data::data))
        .with_state(app)
}

pub fn open_api() -> utoipa::openapi::OpenApi {
    let about = "Products, stores, what they list and what they have.";
    host::open_api("Tipple catalogue", about, crate::access::ACCESS, routes().into_openapi())
}

/// A store out of reach is not there.
fn of_store(reach: &Reach, store: StoreId) -> Result<(), Problem> {
    if reach.store(store) { Ok(()) } else { Err(Problem::not_found("store")) }
}

/// The version that the asker read, if `If-Match` says one.
struct Seen(Option<i64>);

impl<S: Send + Sync> FromRequestParts<S> for Seen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if !parts.headers.contains_key(header::IF_MATCH) {
            return Ok(Self(None));
        }
        let IfMatch(version) = IfMatch::from_request_parts(parts, state).await?;
        Ok(Self(Some(version)))
    }
}

/// Where to read on in a list that is ordered by name.
fn after_name(page: &PageQuery) -> Result<Option<(String, Uuid)>, Problem> {
    let after: Option<(String, Uuid)> = page.after()?;
    if let Some((name, _)) = &after {
        query_text("after", name, 400)?;
    }
    Ok(after)
}

/// Text from a query that goes to the database as it is.
fn query_text(field: &str, text: &str, most: usize) -> Result<(), Problem> {
    if text.chars().count() > most {
        return Err(Problem::invalid(field, format!("is longer than {most} characters")));
    }
    wire::plain_text(text, &()).map_err(|error| Problem::invalid(field, error.message()))
}

/// A garde rule for names and the like: something to see, and nothing that cannot be seen.
fn visible_text(text: &str, context: &()) -> garde::Result {
    if text.trim().is_empty() {
        return Err(garde::Error::new("is blank"));
    }
    wire::plain_text(text, context)
}

fn a_category(path: &str, (): &()) -> garde::Result {
    if category_is_valid(path) { Ok(()) } else { Err(garde::Error::new("is not a slug path")) }
}

fn a_tax_class(name: &str, (): &()) -> garde::Result {
    let fits = sheet::tax_class_is_valid(name);
    if fits { Ok(()) } else { Err(garde::Error::new("is not the name of a tax class")) }
}
