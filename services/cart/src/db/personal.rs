//! What is kept of one person: all of it given out, and all of it deleted but what the law makes us
//! keep. What is kept, and for how long, is listed in docs/personal-data.md.

use jiff::Timestamp;
use kernel::PersonId;
use serde_json::Value;
use store::{Db, Tx};

/// A cart is nobody's duty to keep. That a coupon was used up stays, for the order's sake.
const CUTS: &[&str] =
    &["delete from cart using erased_person e where cart.customer_id = e.person_id and e.at > $1"];

/// Deletes or cuts what there is of people who were erased since then. Done again it changes nothing.
pub async fn cut(tx: &mut Tx<'_>, since: Timestamp) -> sqlx::Result<()> {
    store::erased::cut(tx, since, CUTS).await
}

/// All there is of one person, at most 5,000 rows of a table.
pub async fn data(db: &Db, person: PersonId) -> sqlx::Result<Value> {
    sqlx::query_scalar(
        "select jsonb_build_object(
             'carts', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(cart) - 'claim' || jsonb_build_object(
                     'lines', (select jsonb_agg(to_jsonb(l) - 'cart_id') from cart_line l
                               where l.cart_id = cart.id),
                     'coupons', (select jsonb_agg(c.code) from cart_coupon c
                                 where c.cart_id = cart.id)) as row
                 from cart where customer_id = $1 order by id desc limit 5000) as rows),
             'redemptions', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(redemption) as row from redemption
                 where customer_id = $1 order by redeemed_at desc limit 5000) as rows),
             'tariffs_set', (select coalesce(jsonb_agg(row), '[]') from (
                 select to_jsonb(tariff) - 'body' as row from tariff
                 where set_by = $1 order by created_at desc limit 5000) as rows))",
    )
    .bind(person.uuid())
    .fetch_one(db)
    .await
}
