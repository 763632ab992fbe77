//! What is kept of one person: all of it given out, and all of it deleted but what the law makes us
//! keep. What is kept, and for how long, is listed in docs/personal-data.md.

use jiff::{SignedDuration, Timestamp};
use kernel::PersonId;
use serde_json::Value;
use store::{Db, Tx};

/// A cart is nobody's duty to keep, but what an order has of it is asked for until the order is
/// packed: only for which door it was is cut then. That a coupon was used up stays, for the order's
/// sake.
const CUTS: &[&str] = &[
    "delete from cart using erased_person e
      where cart.customer_id = e.person_id and e.at > $1 and cart.state in ('open', 'closed')",
    "update cart set destination = null, claim = jsonb_set(claim::jsonb, '{destination}',
          '{\"recipient\": \"\", \"address\": \"\", \"place\": {\"lat\": 0, \"lon\": 0}}')::text
      from erased_person e
      where cart.customer_id = e.person_id and e.at > $1 and cart.state = 'ordered'
        and cart.destination is not null",
];

/// By then any order is packed or has ended, for none is wanted later than the day after it is
/// placed.
const PACKED_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Deletes or cuts what there is of people who were erased lately. Done again it changes nothing.
pub async fn cut(tx: &mut Tx<'_>, now: Timestamp) -> sqlx::Result<()> {
    let since = store::erased::since(now);
    store::erased::cut(tx, since, CUTS).await?;
    sqlx::query(
        "delete from cart using erased_person e
         where cart.customer_id = e.person_id and e.at > $1 and cart.changed_at < $2",
    )
    .bind(store::instant(since))
    .bind(store::instant(now - PACKED_WITHIN))
    .execute(&mut **tx)
    .await?;
    Ok(())
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
