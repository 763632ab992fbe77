//! What is packed of an order instead of what was allocated to it. See [`super::stock`] for why it
//! begins by locking.

use catalogue_api::{HoldLine, Pick};
use jiff::Timestamp;
use kernel::OrderId;
use store::Tx;
use uuid::Uuid;

use super::{
    holds::{Room, Taking, Took, short, tell_low},
    stock,
};

/// Makes the allocation of an order that of its pick, in one statement: what is packed for it is
/// taken if it is there, and nothing changes where it is not. What is missing is neither allocated
/// nor on hand any more, so that nobody else is promised it; where a pick before had taken it off,
/// and it is there after all, it comes back. What else is not packed is free at once.
const PICK: &str = "
    with wanted as (
        select product_id, sum(quantity)::integer as quantity
        from unnest($3::uuid[], $4::integer[]) as line (product_id, quantity) group by product_id),
    change as (
        select product_id, sum(more)::integer as more, sum(off)::integer as off from (
            select product_id, quantity as more, 0 as off from wanted
            union all select product_id, -quantity, 0 from hold_line where order_id = $1
            union all select product_id, 0, quantity
                      from unnest($7::uuid[], $8::integer[]) as line (product_id, quantity)
            union all select product_id, 0, quantity
                      from movement where order_id = $1 and kind = 'count') part
        group by product_id),
    room as (
        select c.product_id, c.more, c.off, c.more + c.off as wanted,
               coalesce(s.low_threshold, 0) as threshold, coalesce(s.alerted, false) as alerted,
               coalesce(s.on_hand - s.allocated, 0) - (
                   select coalesce(sum(l.quantity), 0)::integer from hold_line l
                   where l.store_id = $2 and l.product_id = c.product_id and l.held_until > $6) as free
        from change c left join stock s on s.store_id = $2 and s.product_id = c.product_id
        where c.more <> 0 or c.off <> 0),
    taken as (
        update hold set pick = $5, changed_at = $6
        where order_id = $1 and not exists (select from room where wanted > 0 and free < wanted)
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
        set version = s.version + 1, changed_at = $6, on_hand = s.on_hand - room.off,
            allocated = s.allocated + room.more,
            alerted = (s.alerted or room.wanted > 0) and room.free - room.wanted <= s.low_threshold
        from taken, room
        where s.store_id = $2 and s.product_id = room.product_id
        returning s.product_id, s.on_hand, room.off),
    noted as (
        insert into movement (store_id, product_id, kind, quantity, on_hand, order_id, reason, at)
        select $2, product_id, 'count', -off, on_hand, $1,
               case when off > 0 then 'not there when it was packed' else 'there after all' end, $6
        from touched where off <> 0 order by product_id)
    select $2 as store_id, room.product_id, product.name, room.wanted, room.free, room.threshold,
           false as live,
           room.wanted > 0 and room.free - room.wanted <= room.threshold
               and (room.free > room.threshold or not room.alerted) as falls,
           null::text as state, null::timestamptz as until,
           exists (select from taken) as taken
    from room left join product on product.id = room.product_id
    order by room.product_id";

/// Allocates what is packed. One that was made is not made again, nor one from before it.
pub async fn pick(
    tx: &mut Tx<'_>,
    order: OrderId,
    pick: &Pick,
    now: Timestamp,
) -> anyhow::Result<Took> {
    let (products, quantities) = columns(&pick.lines);
    let (missing, units) = columns(&pick.missing);
    lock(tx, order, &[&products[..], &missing].concat()).await?;
    let hold: Option<(String, Uuid, i32)> =
        sqlx::query_as("select state, store_id, pick from hold where order_id = $1")
            .bind(order.uuid())
            .fetch_optional(&mut **tx)
            .await?;
    let Some((state, store, made)) = hold else { return Ok(Taking::NoSuchHold.into()) };
    match state.as_str() {
        "allocated" if made == pick.number => return Ok(Taking::Allocated.into()),
        "allocated" if made > pick.number => return Ok(Taking::PickedAnew.into()),
        "allocated" => {}
        "released" => return Ok(Taking::Released.into()),
        _ => return Ok(Taking::NotAllocated.into()),
    }
    let rooms: Vec<Room> = sqlx::query_as(PICK)
        .bind(order.uuid())
        .bind(store)
        .bind(&products)
        .bind(&quantities)
        .bind(pick.number)
        .bind(store::instant(now))
        .bind(&missing)
        .bind(&units)
        .fetch_all(&mut **tx)
        .await?;
    if rooms.iter().any(|room| !room.taken) {
        return Ok(Taking::Short(short(&rooms)).into());
    }
    tell_low(tx, &rooms, now).await?;
    Ok(Took::of(Taking::Allocated, &rooms))
}

fn columns(lines: &[HoldLine]) -> (Vec<Uuid>, Vec<i32>) {
    lines.iter().map(|line| (line.product.uuid(), line.quantity as i32)).unzip()
}

/// Locks the stock rows of what the order has, of what it shall have, and of what picks of it have
/// taken off.
async fn lock(tx: &mut Tx<'_>, order: OrderId, products: &[Uuid]) -> sqlx::Result<()> {
    stock::take_turns(tx, order).await?;
    let of_hold: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "select hold.store_id, product.id from hold,
             (select product_id as id from hold_line where order_id = $1
              union select product_id from movement where order_id = $1 and kind = 'count'
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
