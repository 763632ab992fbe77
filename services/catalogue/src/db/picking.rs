//! What is packed of an order instead of what was allocated to it. See [`super::stock`] for why it
//! begins by locking.

use catalogue_api::Pick;
use jiff::Timestamp;
use kernel::OrderId;
use store::Tx;
use uuid::Uuid;

use super::{
    holds::{Room, Taking, short, tell_low},
    stock,
};

/// Makes the allocation of an order that of its pick, in one statement: what is not packed is free
/// at once, what is packed for it is taken if it is there; nothing changes where it is not.
const PICK: &str = "
    with wanted as (
        select product_id, sum(quantity)::integer as quantity
        from unnest($3::uuid[], $4::integer[]) as line (product_id, quantity) group by product_id),
    change as (
        select coalesce(w.product_id, had.product_id) as product_id,
               coalesce(w.quantity, 0) - coalesce(had.quantity, 0) as more
        from wanted w full join (select product_id, quantity from hold_line where order_id = $1) had
             on had.product_id = w.product_id),
    room as (
        select c.product_id, c.more, coalesce(s.low_threshold, 0) as threshold,
               coalesce(s.alerted, false) as alerted,
               coalesce(s.on_hand - s.allocated, 0) - (
                   select coalesce(sum(l.quantity), 0)::integer from hold_line l
                   where l.store_id = $2 and l.product_id = c.product_id and l.held_until > $6) as free
        from change c left join stock s on s.store_id = $2 and s.product_id = c.product_id),
    taken as (
        update hold set pick = $5, changed_at = $6
        where order_id = $1 and not exists (select from room where more > 0 and free < more)
        returning order_id),
    gone as (
        delete from hold_line l using taken
        where l.order_id = taken.order_id and l.product_id not in (select product_id from wanted)),
    packed as (
        insert into hold_line (order_id, product_id, store_id, quantity)
        select taken.order_id, wanted.product_id, $2, wanted.quantity from taken, wanted
        on conflict (order_id, product_id) do update set quantity = excluded.quantity),
    touched as (
        update stock s
        set version = s.version + 1, changed_at = $6, allocated = s.allocated + room.more,
            alerted = (s.alerted or room.more > 0) and room.free - room.more <= s.low_threshold
        from taken, room
        where s.store_id = $2 and s.product_id = room.product_id and room.more <> 0)
    select $2 as store_id, room.product_id, product.name, room.more as wanted, room.free,
           room.threshold,
           room.more > 0 and room.free - room.more <= room.threshold
               and (room.free > room.threshold or not room.alerted) as falls,
           null::text as state, null::timestamptz as until,
           exists (select from taken) as taken
    from room left join product on product.id = room.product_id
    where room.more <> 0
    order by room.product_id";

/// Allocates what is packed. One that was made is not made again, nor one from before it.
pub async fn pick(
    tx: &mut Tx<'_>,
    order: OrderId,
    pick: &Pick,
    now: Timestamp,
) -> anyhow::Result<Taking> {
    let products: Vec<Uuid> = pick.lines.iter().map(|line| line.product.uuid()).collect();
    let quantities: Vec<i32> = pick.lines.iter().map(|line| line.quantity as i32).collect();
    lock(tx, order, &products).await?;
    let hold: Option<(String, Uuid, i32)> =
        sqlx::query_as("select state, store_id, pick from hold where order_id = $1")
            .bind(order.uuid())
            .fetch_optional(&mut **tx)
            .await?;
    let Some((state, store, made)) = hold else { return Ok(Taking::NoSuchHold) };
    match state.as_str() {
        "allocated" if made == pick.number => return Ok(Taking::Allocated),
        "allocated" if made > pick.number => return Ok(Taking::PickedAnew),
        "allocated" => {}
        "released" => return Ok(Taking::Released),
        _ => return Ok(Taking::NotAllocated),
    }
    let rooms: Vec<Room> = sqlx::query_as(PICK)
        .bind(order.uuid())
        .bind(store)
        .bind(&products)
        .bind(&quantities)
        .bind(pick.number)
        .bind(store::instant(now))
        .fetch_all(&mut **tx)
        .await?;
    if rooms.iter().any(|room| !room.taken) {
        return Ok(Taking::Short(short(&rooms)));
    }
    tell_low(tx, &rooms, now).await?;
    Ok(Taking::Allocated)
}

/// Locks the stock rows of what the order has and of what it shall have, in one order. Only picks
/// change which those are, so picks of one order take turns before they look.
async fn lock(tx: &mut Tx<'_>, order: OrderId, products: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('pick ' || $1::text, 0))")
        .bind(order.uuid())
        .execute(&mut **tx)
        .await?;
    let of_hold: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "select hold.store_id, product.id from hold,
             (select product_id as id from hold_line where order_id = $1
              union select unnest($2::uuid[])) product
         where hold.order_id = $1",
    )
    .bind(order.uuid())
    .bind(products)
    .fetch_all(&mut **tx)
    .await?;
    let Some((store, _)) = of_hold.first().copied() else { return Ok(()) };
    let products: Vec<Uuid> = of_hold.into_iter().map(|(_, product)| product).collect();
    stock::lock(tx, store.into(), &products).await
}
