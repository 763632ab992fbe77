//! Holds: stock promised to one order, from the promise to the door and back. See [`super::stock`]
//! for why each begins by locking.

use catalogue_api::{Hold, Short};
use jiff::Timestamp;
use kernel::{OrderId, ProductId};
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

use super::stock::{self, LowRow};
use crate::product::StockState;

/// How many lapsed holds one round tidies.
const TIDY_BATCH: i64 = 500;

/// One product of a hold, after the statement that tried to take it.
#[derive(Debug, FromRow)]
pub(super) struct Room {
    pub(super) store_id: Uuid,
    pub(super) product_id: Uuid,
    pub(super) name: Option<String>,
    pub(super) wanted: i32,
    /// What others left for this order, before it takes any.
    pub(super) free: i32,
    pub(super) threshold: i32,
    /// Whether the order's own hold had it all along.
    pub(super) live: bool,
    /// Whether it falls to the threshold by this, and was not told before.
    pub(super) falls: bool,
    /// The hold as it was before: none if there was none.
    pub(super) state: Option<String>,
    pub(super) until: Option<jiff_sqlx::Timestamp>,
    /// Whether this statement took it.
    pub(super) taken: bool,
}

impl Room {
    /// Whether customers are told of it in another word than before.
    fn shows(&self) -> bool {
        let then = self.free - self.wanted;
        let before = if self.live { then } else { self.free };
        self.taken && StockState::of(before, self.threshold) != StockState::of(then, self.threshold)
    }
}

/// What came of taking stock.
#[derive(Debug)]
pub struct Took {
    pub taking: Taking,
    /// Whether customers are told of some of it in another word than before.
    pub shows: bool,
}

impl Took {
    pub(super) fn of(taking: Taking, rooms: &[Room]) -> Self {
        Self { taking, shows: rooms.iter().any(Room::shows) }
    }
}

impl From<Taking> for Took {
    fn from(taking: Taking) -> Self {
        Self { taking, shows: false }
    }
}

/// What became of an attempt to take stock.
#[derive(Debug, PartialEq, Eq)]
pub enum Taking {
    /// It is the order's until then.
    Held(Timestamp),
    /// It is the order's for good.
    Allocated,
    Short(Vec<Short>),
    Released,
    NoSuchHold,
    /// It is not allocated, or has left the store.
    NotAllocated,
    /// A later pick of the order was made.
    PickedAnew,
}

/// Holds all lines for an order that has no hold yet, or none: one statement over arrays.
const HOLD: &str = "
    with wanted as (
        select product_id, sum(quantity)::integer as wanted
        from unnest($3::uuid[], $4::integer[]) as line (product_id, quantity) group by product_id),
    known as (select state, until from hold where order_id = $1),
    room as (
        select w.product_id, w.wanted, coalesce(s.low_threshold, 0) as threshold,
               coalesce(s.alerted, false) as alerted,
               coalesce(s.on_hand - s.allocated, 0) - (
                   select coalesce(sum(l.quantity), 0)::integer from hold_line l
                   where l.store_id = $2 and l.product_id = w.product_id
                     and l.held_until > $6 and l.order_id <> $1) as free
        from wanted w left join stock s on s.store_id = $2 and s.product_id = w.product_id),
    taken as (
        insert into hold (order_id, store_id, state, until, created_at, changed_at)
        select $1, $2, 'held', $5, $6, $6
        where not exists (select from known) and not exists (select from room where free < wanted)
        on conflict do nothing returning order_id),
    lines as (
        insert into hold_line (order_id, product_id, store_id, quantity, held_until)
        select $1, product_id, $2, wanted, $5 from taken, room),
    touched as (
        update stock s set version = s.version + 1, changed_at = $6,
                           alerted = room.free - room.wanted <= s.low_threshold
        from taken, room where s.store_id = $2 and s.product_id = room.product_id)
    select $2 as store_id, room.product_id, product.name, room.wanted, room.free, room.threshold,
           false as live,
           room.free - room.wanted <= room.threshold
               and (room.free > room.threshold or not room.alerted) as falls,
           (select state from known) as state, (select until from known) as until,
           exists (select from taken) as taken
    from room left join product on product.id = room.product_id
    order by room.product_id";

/// Takes the lines of a hold again, until `$2`, or for good where that is null. What the hold
/// itself has does not stand in its way.
const RETAKE: &str = "
    with known as (select state, until from hold where order_id = $1),
    room as (
        select line.store_id, line.product_id, line.quantity as wanted, s.alerted,
               s.low_threshold as threshold, coalesce(line.held_until > $3, false) as live,
               s.on_hand - s.allocated - (
                   select coalesce(sum(l.quantity), 0)::integer from hold_line l
                   where l.store_id = line.store_id and l.product_id = line.product_id
                     and l.held_until > $3 and l.order_id <> $1) as free
        from hold_line line
        join stock s on s.store_id = line.store_id and s.product_id = line.product_id
        where line.order_id = $1),
    taken as (
        update hold set state = case when $2::timestamptz is null then 'allocated' else 'held' end,
                        until = coalesce($2, until), changed_at = $3
        where order_id = $1 and state in ('held', 'lapsed')
          and not exists (select from room where free < wanted)
        returning order_id),
    lines as (
        update hold_line l set held_until = $2 from taken where l.order_id = taken.order_id),
    touched as (
        update stock s
        set version = s.version + 1, changed_at = $3,
            allocated = s.allocated + case when $2::timestamptz is null then room.wanted else 0 end,
            alerted = room.free - room.wanted <= s.low_threshold
        from taken, room where s.store_id = room.store_id and s.product_id = room.product_id)
    select room.store_id, room.product_id, product.name, room.wanted, room.free, room.threshold,
           room.live,
           room.free - room.wanted <= room.threshold
               and (not room.alerted
                    or room.free - case when room.live then room.wanted else 0 end > room.threshold)
               as falls,
           (select state from known) as state, (select until from known) as until,
           exists (select from taken) as taken
    from room left join product on product.id = room.product_id
    order by room.product_id";

/// Holds all lines of an order or none. Where the order has a hold already, that one is kept, and
/// taken again if it has lapsed.
pub async fn hold(tx: &mut Tx<'_>, wanted: &Hold, now: Timestamp) -> anyhow::Result<Took> {
    let products: Vec<Uuid> = wanted.lines.iter().map(|line| line.product.uuid()).collect();
    let quantities: Vec<i32> = wanted.lines.iter().map(|line| line.quantity as i32).collect();
    stock::lock(tx, wanted.store, &products).await?;
    let rooms: Vec<Room> = sqlx::query_as(HOLD)
        .bind(wanted.order.uuid())
        .bind(wanted.store.uuid())
        .bind(&products)
        .bind(&quantities)
        .bind(store::instant(wanted.until))
        .bind(store::instant(now))
        .fetch_all(&mut **tx)
        .await?;
    let Some(first) = rooms.first() else { return Ok(Taking::NoSuchHold.into()) };
    let short = short(&rooms);
    match (first.state.as_deref(), first.until.map(jiff_sqlx::Timestamp::to_jiff)) {
        _ if first.taken => {
            tell_low(tx, &rooms, now).await?;
            Ok(Took::of(Taking::Held(wanted.until), &rooms))
        }
        (None, _) if !short.is_empty() => Ok(Taking::Short(short).into()),
        (Some("held"), Some(until)) if until > now => Ok(Taking::Held(until).into()),
        // It has lapsed; or there was room and still it was not taken, because another call for
        // this order was a moment earlier.
        _ => retake(tx, wanted.order, Some(wanted.until), now).await,
    }
}

/// Moves the end of a hold to `until`, or makes it final where that is none.
pub async fn retake(
    tx: &mut Tx<'_>,
    order: OrderId,
    until: Option<Timestamp>,
    now: Timestamp,
) -> anyhow::Result<Took> {
    stock::lock_of_order(tx, order).await?;
    let rooms: Vec<Room> = sqlx::query_as(RETAKE)
        .bind(order.uuid())
        .bind(until.map(store::instant))
        .bind(store::instant(now))
        .fetch_all(&mut **tx)
        .await?;
    let Some(first) = rooms.first() else { return Ok(Taking::NoSuchHold.into()) };
    match first.state.as_deref() {
        _ if first.taken => {
            tell_low(tx, &rooms, now).await?;
            Ok(Took::of(until.map_or(Taking::Allocated, Taking::Held), &rooms))
        }
        Some("released") => Ok(Taking::Released.into()),
        Some("held" | "lapsed") => Ok(Taking::Short(short(&rooms)).into()),
        _ => Ok(Taking::Allocated.into()),
    }
}

pub(super) fn short(rooms: &[Room]) -> Vec<Short> {
    let rooms = rooms.iter().filter(|room| room.free < room.wanted);
    rooms
        .map(|room| Short {
            product: ProductId::from_uuid(room.product_id),
            name: room.name.clone().unwrap_or_else(|| "an unknown product".into()),
            wanted: u32::try_from(room.wanted).unwrap_or(0),
            free: u32::try_from(room.free).unwrap_or(0),
        })
        .collect()
}

pub(super) async fn tell_low(
    tx: &mut Tx<'_>,
    rooms: &[Room],
    now: Timestamp,
) -> anyhow::Result<()> {
    let low = rooms.iter().filter(|room| room.falls).map(|room| LowRow {
        store_id: room.store_id,
        product_id: room.product_id,
        free: room.free - room.wanted,
        threshold: room.threshold,
    });
    stock::tell_low(tx, &low.collect::<Vec<_>>(), now).await
}

/// Gives back what has not left the store; `false` where there is nothing to give back.
pub async fn release(tx: &mut Tx<'_>, order: OrderId, now: Timestamp) -> sqlx::Result<bool> {
    stock::take_turns(tx, order).await?;
    stock::lock_of_order(tx, order).await?;
    let done = sqlx::query(
        "with known as (select state from hold where order_id = $1),
         released as (
             update hold set state = 'released', changed_at = $2
             where order_id = $1 and state in ('held', 'lapsed', 'allocated') returning order_id),
         lines as (
             update hold_line l set held_until = null from released
             where l.order_id = released.order_id
             returning l.store_id, l.product_id, l.quantity)
         update stock s
         set version = s.version + 1, changed_at = $2,
             allocated = s.allocated - case known.state when 'allocated' then line.quantity else 0 end,
             alerted = s.alerted and s.on_hand - s.allocated + (
                     case known.state when 'allocated' then line.quantity else 0 end) - (
                 select coalesce(sum(l.quantity), 0)::integer from hold_line l
                 where l.store_id = s.store_id and l.product_id = s.product_id
                   and l.held_until > $2 and l.order_id <> $1) <= s.low_threshold
         from known, lines line
         where s.store_id = line.store_id and s.product_id = line.product_id",
    )
    .bind(order.uuid())
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Marks holds that have lapsed as such, so that the index of live ones stays small; nobody who
/// asks what is free, or wants a hold back, sees a difference.
pub async fn tidy(db: &Db, now: Timestamp) -> sqlx::Result<u64> {
    let done = sqlx::query(
        "with lapsed as (
             update hold set state = 'lapsed', changed_at = $1
             where state = 'held' and until <= $1 and order_id in (
                 select order_id from hold where state = 'held' and until <= $1
                 order by until limit $2 for update skip locked)
             returning order_id)
         update hold_line set held_until = null from lapsed
         where hold_line.order_id = lapsed.order_id",
    )
    .bind(store::instant(now))
    .bind(TIDY_BATCH)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}
