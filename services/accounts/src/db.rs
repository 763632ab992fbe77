//! Every statement of the service.

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
}

impl PersonRow {
    pub fn date_of_birth(&self) -> Option<Date> {
        self.date_of_birth.map(jiff_sqlx::Date::to_jiff)
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
}

/// A person to be.
pub struct NewPerson<'a> {
    pub id: PersonId,
    pub email: &'a str,
    pub password_hash: &'a str,
    pub given_name: &'a str,
    pub family_name: &'a str,
    pub date_of_birth: Option<Date>,
    pub at: Timestamp,
}

/// `false` when the e-mail address is taken.
pub async fn insert_person(tx: &mut Tx<'_>, new: &NewPerson<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into person (id, email, password_hash, given_name, family_name, date_of_birth,
                             created_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict on constraint person_email do nothing",
    )
    .bind(new.id.uuid())
    .bind(new.email)
    .bind(new.password_hash)
    .bind(new.given_name)
    .bind(new.family_name)
    .bind(new.date_of_birth.map(ToSqlx::to_sqlx))
    .bind(store::instant(new.at))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn person(db: &Db, id: PersonId) -> sqlx::Result<Option<PersonRow>> {
    sqlx::query_as(
        "select person.*, array (select store_id from store_staff where person_id = person.id
                                 order by store_id) as stores
         from person where id = $1",
    )
    .bind(id.uuid())
    .fetch_optional(db)
    .await
}
