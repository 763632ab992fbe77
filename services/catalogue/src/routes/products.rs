use axum::{extract::State, http::Uri, response::Response};
use jiff::Timestamp;
use kernel::{AlcoholClass, Money, StoreId};
use serde::{Deserialize, Serialize};
use store::Lagging;
use utoipa::IntoParams;
use uuid::Uuid;
use wire::{Cursor, Fault, Never, Page, PageQuery, Problem, Query};

use super::product_view::ProductView;
use crate::{
    App, answers,
    db::{
        search::{self, Extent, Facet, FoundRow, Search, Sort},
        stores,
    },
    product::{Container, category_is_valid},
};

/// Products that may be named in one search.
const MOST_IDS: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    Relevance,
    Price,
    Name,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProductsQuery {
    /// Words, with or without typing errors, or a barcode.
    #[param(max_length = 200)]
    q: Option<String>,
    /// Only these: ids of products with commas between them, at most 50.
    #[param(max_length = 2000)]
    ids: Option<String>,
    /// This category and all below it.
    #[param(max_length = 200, example = "spirits/whiskey")]
    category: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[param(pattern = "^[A-Z]{2}$")]
    country: Option<String>,
    #[param(inline)]
    class: Option<AlcoholClass>,
    #[param(inline)]
    container: Option<Container>,
    /// Hundredths of a percent.
    #[param(minimum = 0, maximum = 10000)]
    abv_min: Option<u32>,
    #[param(minimum = 0, maximum = 10000)]
    abv_max: Option<u32>,
    /// Millilitres in one container.
    #[param(minimum = 0, maximum = 1_000_000)]
    volume_min: Option<u32>,
    #[param(minimum = 0, maximum = 1_000_000)]
    volume_max: Option<u32>,
    /// Minor units.
    #[param(minimum = 0, maximum = 1_000_000_000_000_i64)]
    price_min: Option<u64>,
    #[param(minimum = 0, maximum = 1_000_000_000_000_i64)]
    price_max: Option<u64>,
    /// Only what this store lists, at its prices.
    store: Option<StoreId>,
    /// Only what can be bought now.
    in_stock: Option<bool>,
    /// Relevance when words are given, else name, unless told.
    #[param(inline)]
    sort: Option<SortBy>,
    /// Whether to count the answers by category, country, class and container too.
    facets: Option<bool>,
    /// `next` of the page before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// How many items at most, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// A product that was found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProductCard {
    #[serde(flatten)]
    product: ProductView,
    /// The lowest price at the stores meant; absent where none of them lists it.
    from_price: Option<Money>,
    /// How many of them list it.
    stores: u64,
    /// Whether at least one of them has it.
    in_stock: bool,
}

/// A page of products, with counts where they were asked for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Products {
    items: Vec<ProductCard>,
    /// Pass this as `after` to read on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    next: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    facets: Option<Facets>,
}

/// How many products there are by what they are. A facet's counts leave out its own choice, so
/// that the other choices stay visible.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Facets {
    /// All that were found.
    total: u64,
    category: Vec<FacetCount>,
    country: Vec<FacetCount>,
    class: Vec<FacetCount>,
    container: Vec<FacetCount>,
    min_abv_bp: Option<u32>,
    max_abv_bp: Option<u32>,
    min_volume_ml: Option<u32>,
    max_volume_ml: Option<u32>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FacetCount {
    value: String,
    /// Of a category: what it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    name: Option<String>,
    products: u64,
}

/// Finds products by words and what they are.
#[utoipa::path(
    get, path = "/v1/catalogue/products", tag = "catalogue", operation_id = "find_products",
    params(ProductsQuery),
    responses(
        (status = OK, body = Products),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn find(
    State(app): State<App>,
    uri: Uri,
    Query(query): Query<ProductsQuery>,
) -> Result<Response, Fault<Never>> {
    let search = query.search()?;
    let (page, sort) = query.sort(&search)?;
    let limit = page.limit()?;
    let facets = query.facets == Some(true);
    let (from, now) = (app.reads.lagging(), app.clock.now());
    let load = async move {
        let page = found(&from, &search, (&sort, limit), now).await?;
        let facets = if facets { Some(counted(&from, &search, now).await?) } else { None };
        Ok(Some((None, Products { facets, ..page })))
    };
    let answer = answers::answer(&app.answers, &uri, load).await?;
    Ok(answer.ok_or_else(|| Problem::not_found("path"))?)
}

async fn found(
    from: &Lagging,
    search: &Search,
    (sort, limit): (&Sort, u32),
    now: Timestamp,
) -> anyhow::Result<Products> {
    let rows = search::page(from, search, sort, (limit, now)).await?;
    let page = Page::cut(rows, limit, |row| place_in(row, sort));
    let items = page.items.into_iter().map(card).collect::<anyhow::Result<_>>()?;
    Ok(Products { items, next: page.next, facets: None })
}

fn card(row: FoundRow) -> anyhow::Result<ProductCard> {
    let from_price = match (row.from_minor, &row.from_currency) {
        (Some(amount), Some(code)) => Some(Money { amount, currency: stores::currency(code)? }),
        _ => None,
    };
    Ok(ProductCard {
        from_price,
        stores: row.stores as u64,
        in_stock: row.in_stock,
        product: row.product.into(),
    })
}

/// The place of a row in the order of the list: what its cursor says.
fn place_in(row: &FoundRow, sort: &Sort) -> Place {
    let id = row.product.id.uuid();
    match sort {
        Sort::Relevance(_) => Place::Relevance(row.relevance, id),
        Sort::Name(_) => Place::Name(row.name_key.clone(), id),
        Sort::Price(_) => Place::Price(row.price_key, id),
    }
}

#[derive(Debug, Serialize, Deserialize)]
enum Place {
    Relevance(f32, Uuid),
    Name(String, Uuid),
    Price(i64, Uuid),
}

impl ProductsQuery {
    fn search(&self) -> Result<Search, Problem> {
        let category = self.category.clone().filter(|category| !category.is_empty());
        if category.as_deref().is_some_and(|category| !category_is_valid(category)) {
            return Err(Problem::invalid("category", "is not a path of categories"));
        }
        let is_country =
            |code: &str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
        if self.country.as_deref().is_some_and(|code| !is_country(code)) {
            return Err(Problem::invalid("country", "is not a code of two capital letters"));
        }
        let words = self.q.as_deref().map(str::trim).filter(|words| !words.is_empty());
        if let Some(words) = words {
            super::query_text("q", words, 200)?;
        }
        Ok(Search {
            only: self.ids.as_deref().map(ids).transpose()?,
            words: words.map(str::to_owned),
            category,
            country: self.country.clone(),
            class: self.class,
            container: self.container,
            abv_bp: range("abv", self.abv_min, self.abv_max, 10_000)?,
            volume_ml: range("volume", self.volume_min, self.volume_max, 1_000_000)?,
            price: range("price", self.price_min, self.price_max, 1_000_000_000_000)?,
            store: self.store,
            in_stock: self.in_stock.unwrap_or(false),
        })
    }

    fn sort(&self, search: &Search) -> Result<(PageQuery, Sort), Problem> {
        let page = PageQuery { after: self.after.clone(), limit: self.limit };
        let by = match self.sort {
            Some(SortBy::Relevance) | None if search.words.is_some() => SortBy::Relevance,
            Some(SortBy::Price) => SortBy::Price,
            _ => SortBy::Name,
        };
        let after = page.after.as_deref().map(Cursor::read::<Place>).transpose()?;
        let sort = match (by, after) {
            (SortBy::Relevance, None) => Sort::Relevance(None),
            (SortBy::Relevance, Some(Place::Relevance(score, id))) => {
                Sort::Relevance(Some((score, id)))
            }
            (SortBy::Name, None) => Sort::Name(None),
            (SortBy::Name, Some(Place::Name(name, id))) => {
                super::query_text("after", &name, 300)?;
                Sort::Name(Some((name, id)))
            }
            (SortBy::Price, None) => Sort::Price(None),
            (SortBy::Price, Some(Place::Price(price, id))) => Sort::Price(Some((price, id))),
            _ => return Err(Problem::invalid("after", "is a cursor of another order")),
        };
        Ok((page, sort))
    }
}

fn ids(text: &str) -> Result<Vec<Uuid>, Problem> {
    let ids: Result<Vec<Uuid>, _> = text.split(',').take(MOST_IDS + 1).map(str::parse).collect();
    match ids {
        Ok(ids) if ids.len() <= MOST_IDS => Ok(ids),
        Ok(_) => Err(Problem::invalid("ids", format!("names more than {MOST_IDS} products"))),
        Err(_) => Err(Problem::invalid("ids", "is not a list of ids with commas between them")),
    }
}

/// A range whose numbers are within bounds and in order.
fn range<T, U>(
    name: &str,
    from: Option<T>,
    to: Option<T>,
    most: U,
) -> Result<(Option<U>, Option<U>), Problem>
where
    U: TryFrom<T> + PartialOrd + Copy + std::fmt::Display,
{
    let checked = |end: &str, value: Option<T>| {
        let fits = |value: T| U::try_from(value).ok().filter(|value| *value <= most);
        match value.map(fits) {
            Some(None) => {
                Err(Problem::invalid(format!("{name}_{end}"), format!("must be at most {most}")))
            }
            checked => Ok(checked.flatten()),
        }
    };
    let (from, to) = (checked("min", from)?, checked("max", to)?);
    if matches!((from, to), (Some(from), Some(to)) if from > to) {
        return Err(Problem::invalid(format!("{name}_min"), "is larger than the other end"));
    }
    Ok((from, to))
}

async fn counted(from: &Lagging, search: &Search, now: Timestamp) -> sqlx::Result<Facets> {
    let Extent { total, min_abv_bp, max_abv_bp, min_volume_ml, max_volume_ml } =
        search::extent(from, search, now).await?;
    let mut counts = Vec::with_capacity(4);
    for facet in [Facet::Category, Facet::Country, Facet::Class, Facet::Container] {
        let rows = search::facet(from, search, facet, now).await?;
        let count = |(value, name, products): search::Counted| {
            let products = products as u64;
            FacetCount { value, name, products }
        };
        counts.push(rows.into_iter().map(count).collect::<Vec<_>>());
    }
    let [category, country, class, container] = counts.try_into().unwrap_or_default();
    let whole = |number: Option<i32>| number.map(|number| number as u32);
    Ok(Facets {
        total: total as u64,
        category,
        country,
        class,
        container,
        min_abv_bp: whole(min_abv_bp),
        max_abv_bp: whole(max_abv_bp),
        min_volume_ml: whole(min_volume_ml),
        max_volume_ml: whole(max_volume_ml),
    })
}
