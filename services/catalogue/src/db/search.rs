//! Finding products by words and facets. The parts of a statement are put together from what is
//! asked for; every value is bound.

use jiff::Timestamp;
use kernel::{AlcoholClass, StoreId};
use sqlx::{FromRow, PgExecutor, Postgres, QueryBuilder};
use store::Lagging;
use uuid::Uuid;

use super::products::ProductRow;
use crate::product::{Container, class_name};

/// What is looked for; none is everything.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Only these products.
    pub only: Option<Vec<Uuid>>,
    /// Words with or without typing errors.
    pub words: Option<String>,
    /// This category and all below it.
    pub category: Option<String>,
    pub country: Option<String>,
    pub class: Option<AlcoholClass>,
    pub container: Option<Container>,
    pub abv_bp: Range<i32>,
    pub volume_ml: Range<i32>,
    /// In minor units, at one of the stores meant.
    pub price: Range<i64>,
    /// Only what this store lists.
    pub store: Option<StoreId>,
    /// Only what can be bought now.
    pub in_stock: bool,
}

/// From and to, both included.
pub type Range<T> = (Option<T>, Option<T>);

/// By what the answers are ordered, and the last one's place in that order.
#[derive(Debug, Clone)]
pub enum Sort {
    Relevance(Option<(f32, Uuid)>),
    Name(Option<(String, Uuid)>),
    Price(Option<(i64, Uuid)>),
}

/// A product that was found, with the best of what stores offer.
#[derive(Debug, Clone, FromRow)]
pub struct FoundRow {
    #[sqlx(flatten)]
    pub product: ProductRow,
    pub relevance: f32,
    pub name_key: String,
    pub price_key: i64,
    pub from_minor: Option<i64>,
    pub from_currency: Option<String>,
    pub stores: i64,
    pub in_stock: bool,
}

/// A facet whose own choice is left out of its counts, so that the other choices stay visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facet {
    Category,
    Country,
    Class,
    Container,
}

const FREE: &str = "coalesce(k.on_hand - k.allocated, 0) - (
    select coalesce(sum(h.quantity), 0)::integer from hold_line h
    where h.store_id = l.store_id and h.product_id = l.product_id and h.held_until > ";

/// The price of products that nobody sells, in the order of prices.
const NO_PRICE: &str = "9223372036854775807";

pub async fn page(
    db: impl PgExecutor<'_>,
    search: &Search,
    sort: &Sort,
    (limit, now): (u32, Timestamp),
) -> sqlx::Result<Vec<FoundRow>> {
    let mut query = QueryBuilder::new("with page as (select p.*, lower(p.name) as name_key, ");
    query.push(if search.words.is_some() {
        "f.score as relevance, "
    } else {
        "0::real as relevance, "
    });
    if matches!(sort, Sort::Price(_)) {
        push_price(&mut query, search);
    } else {
        query.push("0::bigint");
    }
    query.push(" as price_key");
    push_from(&mut query, search, None, now);
    query.push("), cut as (select * from page");
    push_order(&mut query, sort, i64::from(limit) + 1);
    query.push(
        ") select cut.*, offer.from_minor, offer.from_currency, coalesce(offer.stores, 0) as stores,
                  coalesce(offer.in_stock, false) as in_stock
           from cut left join lateral (
               select min(l.price_minor) as from_minor, count(*) as stores,
                      (array_agg(s.currency order by l.price_minor, s.id))[1] as from_currency,
                      bool_or(",
    );
    query.push(FREE).push_bind(store::instant(now));
    query.push(
        ") > 0) as in_stock
               from listing l join store s on s.id = l.store_id and s.active
               left join stock k on k.store_id = l.store_id and k.product_id = l.product_id
               where l.product_id = cut.id and l.active",
    );
    if let Some(store) = search.store {
        query.push(" and l.store_id = ").push_bind(store.uuid());
    }
    query.push(") offer on true");
    query.push(match sort {
        Sort::Relevance(_) => " order by cut.relevance desc, cut.id",
        Sort::Name(_) => " order by cut.name_key, cut.id",
        Sort::Price(_) => " order by cut.price_key, cut.id",
    });
    query.build_query_as().fetch_all(db).await
}

/// A value of a facet, what the catalogue calls it where it is a category, and how many there are.
pub type Counted = (String, Option<String>, i64);

/// How many products there are for each value of a facet, the most first.
pub async fn facet(
    db: &Lagging,
    search: &Search,
    facet: Facet,
    now: Timestamp,
) -> sqlx::Result<Vec<Counted>> {
    let name = match facet {
        Facet::Category => "(select name from category where path = p.category)",
        Facet::Country | Facet::Class | Facet::Container => "null::text",
    };
    let column = match facet {
        Facet::Category => "p.category",
        Facet::Country => "p.country",
        Facet::Class => "p.class",
        Facet::Container => "p.container",
    };
    let mut query = QueryBuilder::new("select ");
    query.push(column).push(", ").push(name).push(", count(*)");
    push_from(&mut query, search, Some(facet), now);
    query.push(" and ").push(column).push(" is not null group by 1 order by 3 desc, 1 limit 200");
    query.build_query_as().fetch_all(db).await
}

/// How many there are in all, and from where to where their numbers reach.
#[derive(Debug, Clone, FromRow)]
pub struct Extent {
    pub total: i64,
    pub min_abv_bp: Option<i32>,
    pub max_abv_bp: Option<i32>,
    pub min_volume_ml: Option<i32>,
    pub max_volume_ml: Option<i32>,
}

pub async fn extent(db: &Lagging, search: &Search, now: Timestamp) -> sqlx::Result<Extent> {
    let mut query = QueryBuilder::new(
        "select count(*) as total, min(p.abv_bp) as min_abv_bp, max(p.abv_bp) as max_abv_bp,
                min(p.volume_ml) as min_volume_ml, max(p.volume_ml) as max_volume_ml",
    );
    push_from(&mut query, search, None, now);
    query.build_query_as().fetch_one(db).await
}

/// The products that are meant, without `except`'s own condition: ` from … where …`.
fn push_from(
    query: &mut QueryBuilder<Postgres>,
    search: &Search,
    except: Option<Facet>,
    now: Timestamp,
) {
    query.push(" from product p");
    if let Some(words) = &search.words {
        query.push(" join found(words(").push_bind(words.clone());
        query.push(")) f on f.product_id = p.id");
    }
    query.push(" where p.active");
    if let Some(only) = &search.only {
        query.push(" and p.id = any(").push_bind(only.clone()).push(")");
    }
    if let Some(category) = search.category.clone().filter(|_| except != Some(Facet::Category)) {
        query.push(" and (p.category = ").push_bind(category.clone());
        query.push(" or p.category like ").push_bind(format!("{category}/%")).push(")");
    }
    if let Some(country) = search.country.clone().filter(|_| except != Some(Facet::Country)) {
        query.push(" and p.country = ").push_bind(country);
    }
    if let Some(class) = search.class.filter(|_| except != Some(Facet::Class)) {
        query.push(" and p.class = ").push_bind(class_name(class));
    }
    if let Some(container) = search.container.filter(|_| except != Some(Facet::Container)) {
        query.push(" and p.container = ").push_bind(container.name());
    }
    push_range(query, "p.abv_bp", search.abv_bp);
    push_range(query, "p.volume_ml", search.volume_ml);
    push_offered(query, search, now);
}

/// That a store, or the store meant, offers it as wanted.
fn push_offered(query: &mut QueryBuilder<Postgres>, search: &Search, now: Timestamp) {
    if search.store.is_none() && search.price == (None, None) && !search.in_stock {
        return;
    }
    query.push(
        " and exists (select from listing l join store s on s.id = l.store_id and s.active
                      left join stock k on k.store_id = l.store_id and k.product_id = l.product_id
                      where l.product_id = p.id and l.active",
    );
    if let Some(store) = search.store {
        query.push(" and l.store_id = ").push_bind(store.uuid());
    }
    push_range(query, "l.price_minor", search.price);
    if search.in_stock {
        query.push(" and ").push(FREE).push_bind(store::instant(now)).push(") > 0");
    }
    query.push(")");
}

fn push_range<'a, T>(query: &mut QueryBuilder<Postgres>, column: &str, (from, to): Range<T>)
where
    T: 'a + sqlx::Encode<'a, Postgres> + sqlx::Type<Postgres>,
{
    if let Some(from) = from {
        query.push(" and ").push(column).push(" >= ").push_bind(from);
    }
    if let Some(to) = to {
        query.push(" and ").push(column).push(" <= ").push_bind(to);
    }
}

/// The lowest price, in minor units whatever the currency.
fn push_price(query: &mut QueryBuilder<Postgres>, search: &Search) {
    query.push(
        "coalesce((select min(l.price_minor) from listing l join store s on s.id = l.store_id",
    );
    query.push(" where l.product_id = p.id and l.active and s.active");
    if let Some(store) = search.store {
        query.push(" and l.store_id = ").push_bind(store.uuid());
    }
    query.push("), ").push(NO_PRICE).push(")");
}

fn push_order(query: &mut QueryBuilder<Postgres>, sort: &Sort, limit: i64) {
    match sort {
        Sort::Relevance(after) => {
            if let Some((score, id)) = after {
                query.push(" where relevance < ").push_bind(*score);
                query.push(" or (relevance = ").push_bind(*score);
                query.push(" and id > ").push_bind(*id).push(")");
            }
            query.push(" order by relevance desc, id");
        }
        Sort::Name(after) => {
            if let Some((name, id)) = after {
                query.push(" where (name_key, id) > (").push_bind(name.clone());
                query.push(", ").push_bind(*id).push(")");
            }
            query.push(" order by name_key, id");
        }
        Sort::Price(after) => {
            if let Some((price, id)) = after {
                query.push(" where (price_key, id) > (").push_bind(*price);
                query.push(", ").push_bind(*id).push(")");
            }
            query.push(" order by price_key, id");
        }
    }
    query.push(" limit ").push_bind(limit);
}
