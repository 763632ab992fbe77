//! Every statement of the service: people here, their addresses and the seeds beside.

pub mod address;
pub mod favourite;
pub mod personal;
pub mod seed;

use accounts_api::PersonChanged;
use jiff::{Timestamp, civil::Date};
use jiff_sqlx::ToSqlx;
use kernel::{PersonId, Role, StoreId};
use sqlx::FromRow;
use store::{Db, Tx};
use uuid::Uuid;

/// A row of `person`, with the stores the person works for.
#[derive(Debug, Clone, FromRow)]
pub struct PersonRow {
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    pub email: String,
    pub password_hash: String,
    pub given_name: String,
    pub family_name: String,
    date_of_birth: Option<jiff_sqlx::Date>,
    pub language: String,
    is_customer: bool,
    is_driver: bool,
    is_operator: bool,
    stores: Vec<Uuid>,
    pub version: i64,
    created_at: jiff_sqlx::Timestamp,
}

impl PersonRow {
    pub fn date_of_birth(&self) -> Option<Date> {
        self.date_of_birth.map(jiff_sqlx::Date::to_jiff)
    }

    pub fn set_date_of_birth(&mut self, born: Date) {
        self.date_of_birth = Some(born.to_sqlx());
    }

    pub fn created_at(&self) -> Timestamp {
        self.created_at.to_jiff()
    }

    pub fn roles(&self) -> Vec<Role> {
        let mut roles = Vec::new();
        if self.is_customer {
            roles.push(Role::Customer);
        }
        if !self.stores.is_empty() {
            let stores = self.stores.iter().copied().map(StoreId::from_uuid).collect();
            roles.push(Role::StoreStaff { stores });
        }
        if self.is_driver {
            roles.push(Role::Driver);
        }
        if self.is_operator {
            roles.push(Role::Operator);
        }
        roles
    }

    pub fn set_roles(&mut self, roles: &[Role]) {
        let columns = RoleColumns::of(roles);
        self.is_customer = columns.is_customer;
        self.is_driver = columns.is_driver;
        self.is_operator = columns.is_operator;
        self.stores = columns.stores;
    }

    /// What others are told of this person.
    pub fn changed(&self) -> PersonChanged {
        PersonChanged {
            person: self.id,
            given_name: self.given_name.clone(),
            date_of_birth: self.date_of_birth(),
            roles: self.roles(),
            version: self.version,
        }
    }
}

/// Roles as the tables keep them.
pub struct RoleColumns {
    pub is_customer: bool,
    pub is_driver: bool,
    pub is_operator: bool,
    /// Each once, in order.
    pub stores: Vec<Uuid>,
}

impl RoleColumns {
    pub fn of(roles: &[Role]) -> Self {
        let mut stores: Vec<Uuid> = roles
            .iter()
            .filter_map(|role| match role {
                Role::StoreStaff { stores } => Some(stores),
                _ => None,
            })
            .flatten()
            .map(|store| store.uuid())
            .collect();
        stores.sort_unstable();
        stores.dedup();
        Self {
            is_customer: roles.contains(&Role::Customer),
            is_driver: roles.contains(&Role::Driver),
            is_operator: roles.contains(&Role::Operator),
            stores,
        }
    }
}

/// A person to be, who buys and nothing else.
pub struct NewPerson<'a> {
    pub id: PersonId,
    pub email: &'a str,
    pub password_hash: &'a str,
    pub given_name: &'a str,
    pub family_name: &'a str,
    pub date_of_birth: Option<Date>,
    pub at: Timestamp,
}

/// `None` when the e-mail address is taken.
pub async fn insert_person(
    tx: &mut Tx<'_>,
    new: &NewPerson<'_>,
) -> sqlx::Result<Option<PersonRow>> {
    sqlx::query_as(
        "insert into person (id, email, password_hash, given_name, family_name, date_of_birth,
                             created_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict on constraint person_email do nothing
         returning person.*, '{}'::uuid[] as stores",
    )
    .bind(new.id.uuid())
    .bind(new.email)
    .bind(new.password_hash)
    .bind(new.given_name)
    .bind(new.family_name)
    .bind(new.date_of_birth.map(ToSqlx::to_sqlx))
    .bind(store::instant(new.at))
    .fetch_optional(&mut **tx)
    .await
}

pub async fn person(db: &Db, id: PersonId) -> sqlx::Result<Option<PersonRow>> {
    sqlx::query_as("select * from known_person where id = $1")
        .bind(id.uuid())
        .fetch_optional(db)
        .await
}

pub async fn person_by_email(db: &Db, email: &str) -> sqlx::Result<Option<PersonRow>> {
    sqlx::query_as("select * from known_person where email = $1")
        .bind(email)
        .fetch_optional(db)
        .await
}

/// The person, whom nobody else can change until `tx` ends.
pub async fn lock_person(tx: &mut Tx<'_>, id: PersonId) -> sqlx::Result<Option<PersonRow>> {
    // Two statements: one that waited for the lock would see the person as they are now, and
    // their stores as they were before.
    sqlx::query("select from person where id = $1 for update")
        .bind(id.uuid())
        .execute(&mut **tx)
        .await?;
    sqlx::query_as("select * from known_person where id = $1")
        .bind(id.uuid())
        .fetch_optional(&mut **tx)
        .await
}

/// All who run the platform; none of them can be changed until `tx` ends.
pub async fn lock_operators(tx: &mut Tx<'_>) -> sqlx::Result<Vec<PersonId>> {
    let ids: Vec<Uuid> =
        sqlx::query_scalar("select id from person where is_operator order by id for update")
            .fetch_all(&mut **tx)
            .await?;
    Ok(ids.into_iter().map(PersonId::from_uuid).collect())
}

/// Keeps what was changed in a locked row, roles included, as its next version.
pub async fn save_person(tx: &mut Tx<'_>, row: &mut PersonRow) -> sqlx::Result<()> {
    row.version = sqlx::query_scalar(
        "with gone as (
             delete from store_staff where person_id = $1 and store_id <> all ($9)),
         come as (
             insert into store_staff (person_id, store_id)
             select $1, store_id from unnest($9) as store_id
             on conflict do nothing)
         update person
         set given_name = $2, family_name = $3, language = $4, date_of_birth = $5,
             is_customer = $6, is_driver = $7, is_operator = $8, version = version + 1
         where id = $1
         returning version",
    )
    .bind(row.id.uuid())
    .bind(&row.given_name)
    .bind(&row.family_name)
    .bind(&row.language)
    .bind(row.date_of_birth)
    .bind(row.is_customer)
    .bind(row.is_driver)
    .bind(row.is_operator)
    .bind(&row.stores)
    .fetch_one(&mut **tx)
    .await?;
    Ok(())
}

/// People in the order of their e-mail addresses, from after `after`, whose address begins with
/// `prefix`.
pub async fn people(
    db: &Db,
    prefix: &str,
    after: Option<&str>,
    limit: u32,
) -> sqlx::Result<Vec<PersonRow>> {
    sqlx::query_as(
        "select * from known_person
         where email collate \"C\" >= $1 and email collate \"C\" < $2
           and ($3::text is null or email collate \"C\" > $3)
         order by email collate \"C\" limit $4",
    )
    .bind(prefix)
    .bind(format!("{prefix}{}", char::MAX))
    .bind(after)
    .bind(i64::from(limit))
    .fetch_all(db)
    .await
}
