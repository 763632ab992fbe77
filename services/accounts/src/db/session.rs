//! Sessions, their refresh tokens, and what ends access.

use jiff::Timestamp;
use kernel::{PersonId, SessionId};
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

/// A row of `session`.
#[derive(Debug, Clone, FromRow)]
pub struct SessionRow {
    #[sqlx(try_from = "Uuid")]
    pub id: SessionId,
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    pub method: String,
    pub device: String,
    pub address: String,
    pub strong: bool,
    created_at: jiff_sqlx::Timestamp,
    used_at: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
    ended_at: Option<jiff_sqlx::Timestamp>,
}

impl SessionRow {
    pub fn created_at(&self) -> Timestamp {
        self.created_at.to_jiff()
    }
    pub fn used_at(&self) -> Timestamp {
        self.used_at.to_jiff()
    }
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at.to_jiff()
    }
    /// Whether it can still be used at `now`.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.expires_at()
    }
}

/// A session to be.
pub struct NewSession<'a> {
    pub id: SessionId,
    pub person: PersonId,
    pub method: &'a str,
    pub device: &'a str,
    pub address: &'a str,
    pub strong: bool,
    pub at: Timestamp,
    pub expires_at: Timestamp,
    /// Of its first refresh token.
    pub token_hash: &'a [u8],
}

pub async fn insert(tx: &mut Tx<'_>, new: &NewSession<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "with made as (
             insert into session (id, person_id, method, device, address, strong, created_at,
                                  used_at, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, $7, $8)
             returning id)
         insert into refresh_token (hash, session_id, made_at) select $9, id, $7 from made",
    )
    .bind(new.id.uuid())
    .bind(new.person.uuid())
    .bind(new.method)
    .bind(new.device)
    .bind(new.address)
    .bind(new.strong)
    .bind(store::instant(new.at))
    .bind(store::instant(new.expires_at))
    .bind(new.token_hash)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The session that a refresh token belongs to; nobody else refreshes or ends it until `tx` ends.
pub async fn lock_by_token(tx: &mut Tx<'_>, hash: &[u8]) -> sqlx::Result<Option<SessionRow>> {
    sqlx::query_as(
        "select * from session
         where id = (select session_id from refresh_token where hash = $1) for update",
    )
    .bind(hash)
    .fetch_optional(&mut **tx)
    .await
}

/// When a refresh token was spent, if it was. Of a locked session.
pub async fn spent_at(tx: &mut Tx<'_>, hash: &[u8]) -> sqlx::Result<Option<Timestamp>> {
    let spent: Option<jiff_sqlx::Timestamp> =
        sqlx::query_scalar("select spent_at from refresh_token where hash = $1")
            .bind(hash)
            .fetch_one(&mut **tx)
            .await?;
    Ok(spent.map(jiff_sqlx::Timestamp::to_jiff))
}

/// Spends a refresh token and keeps its successor.
pub async fn rotate(
    tx: &mut Tx<'_>,
    session: SessionId,
    (spent, next): (&[u8], &[u8]),
    now: Timestamp,
    expires_at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("update refresh_token set spent_at = $2 where hash = $1")
        .bind(spent)
        .bind(store::instant(now))
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "with used as (
             update session set used_at = $3, expires_at = $4 where id = $1 returning id)
         insert into refresh_token (hash, session_id, made_at) select $2, id, $3 from used",
    )
    .bind(session.uuid())
    .bind(next)
    .bind(store::instant(now))
    .bind(store::instant(expires_at))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends a person's sessions: one, all but one, or all. Their access tokens end everywhere; `until`
/// is when the last of those would have ended anyway.
pub async fn end(
    tx: &mut Tx<'_>,
    person: PersonId,
    which: Which,
    why: &str,
    (now, until): (Timestamp, Timestamp),
) -> sqlx::Result<Vec<SessionId>> {
    let (only, but) = match which {
        Which::One(session) => (Some(session.uuid()), None),
        Which::AllBut(session) => (None, Some(session.uuid())),
        Which::All => (None, None),
    };
    let ended: Vec<Uuid> = sqlx::query_scalar(
        "with over as (
             update session set ended_at = $5, ended_why = $4
             where person_id = $1 and ended_at is null
               and ($2::uuid is null or id = $2) and ($3::uuid is null or id <> $3)
             returning id),
         told as (
             insert into ended_access (session_id, until) select id, $6 from over),
         steps as (delete from second_step where person_id = $1 and $2::uuid is null)
         select id from over",
    )
    .bind(person.uuid())
    .bind(only)
    .bind(but)
    .bind(why)
    .bind(store::instant(now))
    .bind(store::instant(until))
    .fetch_all(&mut **tx)
    .await?;
    Ok(ended.into_iter().map(SessionId::from_uuid).collect())
}

/// Which of a person's sessions.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    One(SessionId),
    AllBut(SessionId),
    All,
}

/// Ends every access token of the person that is older than their access version, which grows.
pub async fn end_access(tx: &mut Tx<'_>, person: PersonId, until: Timestamp) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "with grown as (
             update person set access_version = access_version + 1 where id = $1
             returning access_version)
         insert into ended_access (person_id, version, until)
         select $1, access_version, $2 from grown
         returning version",
    )
    .bind(person.uuid())
    .bind(store::instant(until))
    .fetch_one(&mut **tx)
    .await
}

/// A person's open sessions, newest first.
pub async fn open(db: &Db, person: PersonId, now: Timestamp) -> sqlx::Result<Vec<SessionRow>> {
    sqlx::query_as(
        "select * from session
         where person_id = $1 and ended_at is null and expires_at > $2
         order by used_at desc, id desc limit 200",
    )
    .bind(person.uuid())
    .bind(store::instant(now))
    .fetch_all(db)
    .await
}

/// Marks a session as strong: a second factor was shown or made in it.
pub async fn strengthen(tx: &mut Tx<'_>, session: SessionId) -> sqlx::Result<()> {
    sqlx::query("update session set strong = true where id = $1")
        .bind(session.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Whether a session can still be used.
pub async fn is_open(tx: &mut Tx<'_>, session: SessionId, now: Timestamp) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (select from session
                        where id = $1 and ended_at is null and expires_at > $2)",
    )
    .bind(session.uuid())
    .bind(store::instant(now))
    .fetch_one(&mut **tx)
    .await
}

/// Whether a session began then or later.
pub async fn began_since(
    tx: &mut Tx<'_>,
    session: SessionId,
    since: Timestamp,
) -> sqlx::Result<bool> {
    sqlx::query_scalar("select exists (select from session where id = $1 and created_at >= $2)")
        .bind(session.uuid())
        .bind(store::instant(since))
        .fetch_one(&mut **tx)
        .await
}

/// None of a person's sessions is strong any more: there is no second factor left.
pub async fn weaken(tx: &mut Tx<'_>, person: PersonId) -> sqlx::Result<()> {
    sqlx::query("update session set strong = false where person_id = $1 and strong")
        .bind(person.uuid())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What ended, for whoever has seen everything below the horizon `after`; and the new horizon.
pub async fn ended_since(
    db: &Db,
    after: i64,
    now: Timestamp,
) -> sqlx::Result<(i64, Vec<EndedRow>)> {
    // One statement is one snapshot. What was still under way below it comes again next time. A
    // horizon from before a restored backup lies ahead of this database's: begin anew.
    let rows: Vec<EndedRow> = sqlx::query_as(
        "with horizon as (
             select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as at)
         select horizon.at as horizon, session_id, person_id, version, until
         from horizon left join ended_access on until > $2
              and xid >= (case when $1 > horizon.at then 0 else $1 end)::text::xid8",
    )
    .bind(after)
    .bind(store::instant(now))
    .fetch_all(db)
    .await?;
    let horizon = rows.first().map_or(0, |row| row.horizon);
    Ok((horizon, rows.into_iter().filter(|row| row.until.is_some()).collect()))
}

/// A row of `ended_access`; without `until` only the horizon is known.
#[derive(Debug, FromRow)]
pub struct EndedRow {
    horizon: i64,
    pub session_id: Option<Uuid>,
    pub person_id: Option<Uuid>,
    pub version: Option<i64>,
    until: Option<jiff_sqlx::Timestamp>,
}

impl EndedRow {
    pub fn until(&self) -> Timestamp {
        self.until.map_or(Timestamp::UNIX_EPOCH, jiff_sqlx::Timestamp::to_jiff)
    }
}

/// Deletes what nobody needs any more. A spent token is known as such for as long as a session may
/// go unused, from `spent_from` on; an older one is refused like any text that was never a token.
pub async fn tidy(
    db: &Db,
    now: Timestamp,
    (kept_from, spent_from): (Timestamp, Timestamp),
) -> sqlx::Result<()> {
    sqlx::query("delete from refresh_token where spent_at < $1")
        .bind(store::instant(spent_from))
        .execute(db)
        .await?;
    sqlx::query("delete from ended_access where until < $1")
        .bind(store::instant(now))
        .execute(db)
        .await?;
    sqlx::query("delete from session where expires_at < $1 or ended_at < $1")
        .bind(store::instant(kept_from))
        .execute(db)
        .await?;
    sqlx::query("delete from attempt where until < $1")
        .bind(store::instant(now))
        .execute(db)
        .await?;
    sqlx::query("delete from flow where expires_at < $1")
        .bind(store::instant(kept_from))
        .execute(db)
        .await?;
    Ok(())
}

/// Ends every access token of a person who will never have another.
pub async fn end_for_good(tx: &mut Tx<'_>, person: PersonId, until: Timestamp) -> sqlx::Result<()> {
    sqlx::query("insert into ended_access (person_id, version, until) values ($1, $2, $3)")
        .bind(person.uuid())
        .bind(i64::MAX)
        .bind(store::instant(until))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
