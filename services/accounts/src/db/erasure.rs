//! What goes when a person does.

use jiff::Timestamp;
use kernel::PersonId;
use store::{Db, Tx};
use uuid::Uuid;

/// Deletes all there is of a person but what the audit trail says of them by their id. Their
/// addresses, sessions, codes, devices and whatever else names them goes with their row.
pub async fn erase(tx: &mut Tx<'_>, person: PersonId) -> sqlx::Result<()> {
    // Letters to an address or phone that the person had, and invitations that name them.
    sqlx::query(
        "delete from flow using person
         where person.id = $1
           and (flow.email = person.email or flow.phone = person.phone
                or flow.data ->> 'by' = $1::text)",
    )
    .bind(person.uuid())
    .execute(&mut **tx)
    .await?;
    sqlx::query("delete from person where id = $1").bind(person.uuid()).execute(&mut **tx).await?;
    forget_told(tx).await
}

/// Deletes what was told of people who have been erased, once everyone has heard it. What still waits to
/// be sent has to be, in its order; it goes the next time.
pub async fn forget_told(tx: &mut Tx<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "delete from outbox using erased_person e
         where (subject = e.person_id::text or subject like e.person_id::text || '/%')
           and kind <> 'tipple.accounts.person_erased' and settled_at is not null",
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Of these people, those who are not known to be erased.
pub async fn not_erased(db: &Db, people: &[PersonId]) -> sqlx::Result<Vec<PersonId>> {
    let ids: Vec<Uuid> = people.iter().map(|person| person.uuid()).collect();
    let rest: Vec<Uuid> = sqlx::query_scalar(
        "select id from unnest($1::uuid[]) as id
         where not exists (select from erased_person where person_id = id)",
    )
    .bind(ids)
    .fetch_all(db)
    .await?;
    Ok(rest.into_iter().map(PersonId::from_uuid).collect())
}

/// Remembers an erasure.
pub async fn remember(tx: &mut Tx<'_>, person: PersonId, at: Timestamp) -> sqlx::Result<()> {
    store::erased::remember(tx, person.uuid(), at).await
}
