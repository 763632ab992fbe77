use cart_api::CartFilled;
use jiff::Timestamp;
use kernel::{CartId, OrderId, ProductId};
use orders_api::{OrderFacts, OrderLine};
use store::{Tx, instant};
use uuid::Uuid;

/// What one move of an order tells.
pub struct OrderFact<'a> {
    pub order: &'a OrderFacts,
    pub state: String,
    pub version: i64,
    pub refunded: i64,
    pub paid_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub cancelled_at: Option<Timestamp>,
}

/// Adds what this move tells. Moves may come in any order: what was known is not forgotten, and
/// only a newer one changes the state, and what is to be paid for how much. `true` for the newest.
pub async fn put_order(tx: &mut Tx<'_>, fact: &OrderFact<'_>) -> sqlx::Result<bool> {
    let order = fact.order;
    let units: i64 = order.lines.iter().map(|line| i64::from(line.quantity)).sum();
    sqlx::query_scalar(
        "insert into order_fact as old (order_id, store_id, store_name, currency, total, refunded,
             units, state, version, placed_at, paid_at, delivered_at, cancelled_at, wanted_from,
             cart_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         on conflict (order_id) do update set
             state = case when excluded.version > old.version then excluded.state
                          else old.state end,
             total = case when excluded.version > old.version then excluded.total
                          else old.total end,
             units = case when excluded.version > old.version then excluded.units
                          else old.units end,
             version = greatest(old.version, excluded.version),
             refunded = greatest(old.refunded, excluded.refunded),
             paid_at = coalesce(old.paid_at, excluded.paid_at),
             delivered_at = coalesce(old.delivered_at, excluded.delivered_at),
             cancelled_at = coalesce(old.cancelled_at, excluded.cancelled_at),
             wanted_from = coalesce(old.wanted_from, excluded.wanted_from),
             cart_id = coalesce(old.cart_id, excluded.cart_id)
         returning version = $9",
    )
    .bind(order.order.uuid())
    .bind(order.store.uuid())
    .bind(&order.store_name)
    .bind(order.total.currency.code())
    .bind(order.total.amount)
    .bind(fact.refunded)
    .bind(units)
    .bind(&fact.state)
    .bind(fact.version)
    .bind(instant(order.placed_at))
    .bind(fact.paid_at.map(instant))
    .bind(fact.delivered_at.map(instant))
    .bind(fact.cancelled_at.map(instant))
    .bind(order.slot.map(|slot| instant(slot.from)))
    .bind(order.cart.map(CartId::uuid))
    .fetch_one(&mut **tx)
    .await
}

/// Makes the lines those of the newest move, and adds products of which the catalogue has not told yet.
pub async fn put_lines(tx: &mut Tx<'_>, order: OrderId, lines: &[OrderLine]) -> sqlx::Result<()> {
    let products: Vec<Uuid> = lines.iter().map(|line| line.product.uuid()).collect();
    let names: Vec<&str> = lines.iter().map(|line| line.name.as_str()).collect();
    let categories: Vec<&str> = lines.iter().map(|line| line.category.as_str()).collect();
    sqlx::query(
        "insert into product (product_id, name, category, active, version)
         select distinct on (l.id) l.id, l.name, l.category, true, 0
         from unnest($1::uuid[], $2::text[], $3::text[]) as l (id, name, category)
         order by l.id
         on conflict (product_id) do nothing",
    )
    .bind(&products)
    .bind(names)
    .bind(categories)
    .execute(&mut **tx)
    .await?;
    let ids: Vec<Uuid> = lines.iter().map(|line| line.line.uuid()).collect();
    let quantities: Vec<i64> = lines.iter().map(|line| i64::from(line.quantity)).collect();
    let delivered: Vec<i64> = lines.iter().map(|line| i64::from(line.delivered)).collect();
    let totals: Vec<i64> = lines.iter().map(|line| line.total.amount).collect();
    sqlx::query(
        "with gone as (
             delete from order_line where order_id = $1 and line_id <> all($2::uuid[]))
         insert into order_line as old (line_id, order_id, product_id, quantity, delivered, total)
         select l.id, $1, l.product, l.quantity, l.delivered, l.total
         from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[])
              as l (id, product, quantity, delivered, total)
         on conflict (line_id) do update set
             quantity = excluded.quantity, total = excluded.total,
             delivered = greatest(old.delivered, excluded.delivered)",
    )
    .bind(order.uuid())
    .bind(ids)
    .bind(products)
    .bind(quantities)
    .bind(delivered)
    .bind(totals)
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// A cart that is emptied and filled again counts once.
pub async fn put_cart(tx: &mut Tx<'_>, told: &CartFilled, at: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "insert into cart_fact as old (cart_id, store_id, filled_at) values ($1, $2, $3)
         on conflict (cart_id) do update set filled_at = least(old.filled_at, excluded.filled_at)",
    )
    .bind(told.cart.uuid())
    .bind(told.store.uuid())
    .bind(instant(at))
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// When a driver did what.
#[derive(Debug, Default)]
pub struct DeliveryTimes {
    pub picked_up_at: Option<Timestamp>,
    pub arrived_at: Option<Timestamp>,
    pub handed_over_at: Option<Timestamp>,
    pub refused_because: Option<String>,
}

pub async fn put_delivery(
    tx: &mut Tx<'_>,
    order: OrderId,
    times: &DeliveryTimes,
) -> sqlx::Result<()> {
    sqlx::query(
        "insert into delivery_fact as old
             (order_id, picked_up_at, arrived_at, handed_over_at, refused_because)
         values ($1, $2, $3, $4, $5)
         on conflict (order_id) do update set
             picked_up_at = coalesce(excluded.picked_up_at, old.picked_up_at),
             arrived_at = coalesce(excluded.arrived_at, old.arrived_at),
             handed_over_at = coalesce(excluded.handed_over_at, old.handed_over_at),
             refused_because = coalesce(excluded.refused_because, old.refused_because)",
    )
    .bind(order.uuid())
    .bind(times.picked_up_at.map(instant))
    .bind(times.arrived_at.map(instant))
    .bind(times.handed_over_at.map(instant))
    .bind(&times.refused_because)
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// What is known of a product.
pub struct ProductFact<'a> {
    pub product: ProductId,
    pub name: &'a str,
    pub category: &'a str,
    pub active: bool,
    pub version: i64,
}

/// A late event does not undo a newer one.
pub async fn put_product(tx: &mut Tx<'_>, product: &ProductFact<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "insert into product as old (product_id, name, category, active, version)
         values ($1, $2, $3, $4, $5)
         on conflict (product_id) do update set
             name = excluded.name, category = excluded.category, active = excluded.active,
             version = excluded.version
         where old.version < excluded.version",
    )
    .bind(product.product.uuid())
    .bind(product.name)
    .bind(product.category)
    .bind(product.active)
    .bind(product.version)
    .execute(&mut **tx)
    .await
    .map(drop)
}
