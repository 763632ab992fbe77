//! Many people at once, for a demo.

use jiff::{Timestamp, civil::Date};
use jiff_sqlx::ToSqlx;
use kernel::PersonId;
use store::{Db, Tx};
use uuid::Uuid;

use crate::{
    db::{PersonRow, RoleColumns},
    seed::NewDemoPerson,
};

/// The ids of those of the e-mail addresses that are taken.
pub async fn taken(db: &Db, emails: &[String]) -> sqlx::Result<Vec<(String, PersonId)>> {
    let rows: Vec<(String, Uuid)> =
        sqlx::query_as("select email, id from person where email = any ($1)")
            .bind(emails)
            .fetch_all(db)
            .await?;
    Ok(rows.into_iter().map(|(email, id)| (email, PersonId::from_uuid(id))).collect())
}

/// Inserts those whose e-mail address is free, and gives their rows.
pub async fn insert_people(
    tx: &mut Tx<'_>,
    people: &[&NewDemoPerson],
    password_hash: &str,
    at: Timestamp,
) -> sqlx::Result<Vec<PersonRow>> {
    let ids: Vec<Uuid> = people.iter().map(|_| PersonId::new().uuid()).collect();
    let roles: Vec<RoleColumns> = people.iter().map(|new| RoleColumns::of(&new.roles)).collect();
    let mut staff: Vec<(Uuid, Uuid, &str)> = Vec::new();
    for (id, role) in ids.iter().zip(&roles) {
        staff.extend(role.clerk_of.iter().map(|store| (*id, *store, "clerk")));
        staff.extend(role.manager_of.iter().map(|store| (*id, *store, "manager")));
    }
    let owners = ids.iter().zip(&roles);
    let owners = owners.flat_map(|(id, role)| role.owner_of.iter().map(|vendor| (*id, *vendor)));
    let births: Vec<Option<jiff_sqlx::Date>> =
        people.iter().map(|new| new.date_of_birth.map(Date::to_sqlx)).collect();
    let inserted: Vec<Uuid> = sqlx::query_scalar(
        "insert into person (id, email, password_hash, given_name, family_name, date_of_birth,
                             is_customer, is_driver, is_operator, is_support, is_auditor,
                             created_at, email_verified_at)
         select new.id, new.email, $1, new.given, new.family, new.born,
                new.customer, new.driver, new.operator, new.support, new.auditor, $2, $2
         from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::date[],
                     $8::boolean[], $9::boolean[], $10::boolean[], $11::boolean[], $12::boolean[])
              as new (id, email, given, family, born, customer, driver, operator, support, auditor)
         on conflict on constraint person_email do nothing
         returning id",
    )
    .bind(password_hash)
    .bind(store::instant(at))
    .bind(&ids)
    .bind(people.iter().map(|new| new.email.to_lowercase()).collect::<Vec<_>>())
    .bind(people.iter().map(|new| new.given_name.as_str()).collect::<Vec<_>>())
    .bind(people.iter().map(|new| new.family_name.as_str()).collect::<Vec<_>>())
    .bind(births)
    .bind(roles.iter().map(|role| role.is_customer).collect::<Vec<_>>())
    .bind(roles.iter().map(|role| role.is_driver).collect::<Vec<_>>())
    .bind(roles.iter().map(|role| role.is_operator).collect::<Vec<_>>())
    .bind(roles.iter().map(|role| role.is_support).collect::<Vec<_>>())
    .bind(roles.iter().map(|role| role.is_auditor).collect::<Vec<_>>())
    .fetch_all(&mut **tx)
    .await?;
    insert_work(tx, &staff, owners.collect()).await?;
    sqlx::query_as("select * from known_person where id = any ($1)")
        .bind(inserted)
        .fetch_all(&mut **tx)
        .await
}

async fn insert_work(
    tx: &mut Tx<'_>,
    staff: &[(Uuid, Uuid, &str)],
    owners: Vec<(Uuid, Uuid)>,
) -> sqlx::Result<()> {
    let (owner_ids, vendors): (Vec<Uuid>, Vec<Uuid>) = owners.into_iter().unzip();
    sqlx::query(
        "with owners as (
             insert into vendor_owner (person_id, vendor_id)
             select new.person_id, new.vendor_id
             from unnest($4::uuid[], $5::uuid[]) as new (person_id, vendor_id)
             join person on person.id = new.person_id)
         insert into store_staff (person_id, store_id, grade)
         select new.person_id, new.store_id, new.grade
         from unnest($1::uuid[], $2::uuid[], $3::text[]) as new (person_id, store_id, grade)
         join person on person.id = new.person_id",
    )
    .bind(staff.iter().map(|(person, _, _)| *person).collect::<Vec<_>>())
    .bind(staff.iter().map(|(_, store, _)| *store).collect::<Vec<_>>())
    .bind(staff.iter().map(|(_, _, grade)| *grade).collect::<Vec<_>>())
    .bind(owner_ids)
    .bind(vendors)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
