use std::{
    net::{IpAddr, Ipv6Addr},
    sync::atomic::Ordering,
};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use garde::Validate;
use jiff::Timestamp;
use kernel::{ProductId, StoreId};
use serde::Deserialize;
use wire::{Fault, Json, Never, Problem};

use crate::{
    App,
    db::{self, NewView},
};

/// Somebody looked at a product's page.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Viewed {
    #[garde(skip)]
    product: ProductId,
    #[garde(skip)]
    store: Option<StoreId>,
    /// How they came to the page.
    #[garde(skip)]
    from: Source,
    /// The same for the same browser, and nothing that names a person.
    #[garde(length(min = 1, max = 64), custom(opaque))]
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9_-]+$")]
    visitor: String,
}

#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    List,
    Search,
    TopPicks,
    /// By a link from elsewhere.
    Direct,
}

impl Source {
    const fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Search => "search",
            Self::TopPicks => "top_picks",
            Self::Direct => "direct",
        }
    }
}

fn opaque(visitor: &str, (): &()) -> garde::Result {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if visitor.bytes().all(fine) {
        return Ok(());
    }
    Err(garde::Error::new("may have letters, digits, - and _"))
}

/// Counts that a product's page was looked at, once per visitor, product and hour. What
/// goes beyond the limits is not counted, and nobody learns it.
#[utoipa::path(
    post, path = "/v1/insight/views", tag = "insight", operation_id = "view_product",
    request_body = Viewed,
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn view_product(
    State(app): State<App>,
    headers: HeaderMap,
    Json(viewed): Json<Viewed>,
) -> Result<StatusCode, Fault<Never>> {
    if too_many(&app, &headers).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let view = NewView {
        visitor: &viewed.visitor,
        product: viewed.product,
        hour: hour(app.clock.now()),
        store: viewed.store,
        source: viewed.from.name(),
        most: app.config.views_per_hour,
    };
    if !db::put_view(&app.db, &view).await? {
        return Err(Problem::not_found("product").into());
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Whether enough views came from where this one comes from. Visitors name themselves as they
/// like, so they alone would be no limit; addresses are the gateway's word, and are not kept.
async fn too_many(app: &App, headers: &HeaderMap) -> anyhow::Result<bool> {
    let address =
        headers.get("x-forwarded-for").and_then(|value| value.to_str().ok()?.parse().ok());
    let Some(address) = address else { return Ok(false) };
    let network = match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(whole) => Ipv6Addr::from(u128::from(whole) >> 64 << 64).into(),
    };
    let seen = app.viewers.get(&network.to_string(), async { Ok(Default::default()) }).await?;
    Ok(seen.fetch_add(1, Ordering::Relaxed) >= app.config.address_views_per_hour)
}

/// The beginning of the hour.
fn hour(at: Timestamp) -> Timestamp {
    let seconds = at.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(3600)).unwrap_or(at)
}
