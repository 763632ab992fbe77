//! Every statement of the service: people here, their addresses and the seeds beside.

pub mod address;
pub mod age;
pub mod attempt;
pub mod audit;
pub mod erasure;
pub mod factor;
pub mod favourite;
pub mod flow;
pub mod key;
pub mod machine;
pub mod passkey;
pub mod personal;
pub mod provider;
pub mod second_step;
pub mod seed;
pub mod session;
pub mod staff;
pub mod vendor;

use accounts_api::{AgeProof, PersonChanged};
use jiff::{Timestamp, civil::Date};
use jiff_sqlx::ToSqlx;
use kernel::{PersonId, Role, RoleKind, StoreId};
use sqlx::{FromRow, types::Json};
use store::{Db, Tx};
use uuid::Uuid;

/// A row of `person`, with what makes up the person's roles.
#[derive(Debug, Clone, FromRow)]
pub struct PersonRow {
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    /// None where the person came by a provider that told none.
    pub email: Option<String>,
    email_verified_at: Option<jiff_sqlx::Timestamp>,
    pub phone: Option<String>,
    phone_verified_at: Option<jiff_sqlx::Timestamp>,
    /// None where the person signs in by other means.
    pub password_hash: Option<String>,
    pub given_name: String,
    pub family_name: String,
    date_of_birth: Option<jiff_sqlx::Date>,
    pub language: String,
    is_customer: bool,
    is_driver: bool,
    is_operator: bool,
    is_support: bool,
    is_auditor: bool,
    clerk_of: Vec<Uuid>,
    manager_of: Vec<Uuid>,
    owner_of: Json<Vec<Role>>,
    /// Grows when something that the person may do is taken back.
    pub access_version: i64,
    blocked_at: Option<jiff_sqlx::Timestamp>,
    pub blocked_why: Option<String>,
    pub version: i64,
    created_at: jiff_sqlx::Timestamp,
    // Of the proof of their age, if there is one. Who has just been made has none.
    #[sqlx(default)]
    age_over: Option<i16>,
    #[sqlx(default)]
    age_until: Option<jiff_sqlx::Date>,
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

    /// The e-mail address, where the person showed that it is theirs.
    pub fn verified_email(&self) -> Option<&str> {
        self.email.as_deref().filter(|_| self.email_verified_at.is_some())
    }

    pub fn phone_is_verified(&self) -> bool {
        self.phone_verified_at.is_some()
    }

    pub fn blocked_at(&self) -> Option<Timestamp> {
        self.blocked_at.map(jiff_sqlx::Timestamp::to_jiff)
    }

    pub fn roles(&self) -> Vec<Role> {
        let stores = |ids: &[Uuid]| ids.iter().copied().map(StoreId::from_uuid).collect();
        let flags = [
            (self.is_customer, Role::Customer),
            (!self.clerk_of.is_empty(), Role::Clerk { stores: stores(&self.clerk_of) }),
            (!self.manager_of.is_empty(), Role::Manager { stores: stores(&self.manager_of) }),
            (self.is_driver, Role::Driver),
            (self.is_support, Role::Support),
            (self.is_operator, Role::Operator),
            (self.is_auditor, Role::Auditor),
        ];
        let plain = flags.into_iter().filter(|(has, _)| *has).map(|(_, role)| role);
        plain.chain(self.owner_of.0.iter().cloned()).collect()
    }

    pub fn set_roles(&mut self, roles: &[Role]) {
        let columns = RoleColumns::of(roles);
        self.is_customer = columns.is_customer;
        self.is_driver = columns.is_driver;
        self.is_operator = columns.is_operator;
        self.is_support = columns.is_support;
        self.is_auditor = columns.is_auditor;
        self.clerk_of = columns.clerk_of;
        self.manager_of = columns.manager_of;
        let owners = roles.iter().filter(|role| role.kind() == RoleKind::VendorOwner);
        self.owner_of = Json(owners.cloned().collect());
    }

    /// What someone who guesses the person's password tries first.
    pub fn words(&self) -> Vec<String> {
        let names = [self.given_name.clone(), self.family_name.clone()];
        names.into_iter().chain(self.email.clone()).chain(self.phone.clone()).collect()
    }

    /// What proves the person's age, whether or not it still holds.
    pub fn age_proof(&self) -> Option<AgeProof> {
        let over = self.age_over.and_then(|over| u8::try_from(over).ok())?;
        Some(AgeProof { over, until: self.age_until?.to_jiff() })
    }

    /// What others are told of this person.
    pub fn changed(&self) -> PersonChanged {
        PersonChanged {
            person: self.id,
            given_name: self.given_name.clone(),
            date_of_birth: self.date_of_birth(),
            roles: self.roles(),
            age_proof: self.age_proof(),
            version: self.version,
        }
    }
}

/// Roles as the tables keep them.
pub struct RoleColumns {
    pub is_customer: bool,
    pub is_driver: bool,
    pub is_operator: bool,
    pub is_support: bool,
    pub is_auditor: bool,
    /// Stores and vendors, each once, in order.
    pub clerk_of: Vec<Uuid>,
    pub manager_of: Vec<Uuid>,
    pub owner_of: Vec<Uuid>,
}

impl RoleColumns {
    pub fn of(roles: &[Role]) -> Self {
        let has = |kind| roles.iter().any(|role| role.kind() == kind);
        let stores = |kind| {
            let of_kind = roles.iter().filter(|role| role.kind() == kind);
            once(of_kind.flat_map(Role::stores).map(|store| store.uuid()).collect())
        };
        let vendors = roles.iter().filter_map(|role| match role {
            Role::VendorOwner { vendor, .. } => Some(vendor.uuid()),
            _ => None,
        });
        Self {
            is_customer: has(RoleKind::Customer),
            is_driver: has(RoleKind::Driver),
            is_operator: has(RoleKind::Operator),
            is_support: has(RoleKind::Support),
            is_auditor: has(RoleKind::Auditor),
            clerk_of: stores(RoleKind::Clerk),
            manager_of: stores(RoleKind::Manager),
            owner_of: once(vendors.collect()),
        }
    }
}

fn once(mut ids: Vec<Uuid>) -> Vec<Uuid> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// A person to be, who buys and nothing else.
pub struct NewPerson<'a> {
    pub id: PersonId,
    pub email: Option<&'a str>,
    /// Whether the person showed that it is theirs.
    pub email_verified: bool,
    pub password_hash: Option<&'a str>,
    pub given_name: &'a str,
    pub family_name: &'a str,
    pub date_of_birth: Option<Date>,
    pub language: &'a str,
    pub at: Timestamp,
}

/// `None` when the e-mail address is taken.
pub async fn insert_person(
    tx: &mut Tx<'_>,
    new: &NewPerson<'_>,
) -> sqlx::Result<Option<PersonRow>> {
    sqlx::query_as(
        "insert into person (id, email, password_hash, given_name, family_name, date_of_birth,
                             created_at, email_verified_at, language)
         values ($1, $2, $3, $4, $5, $6, $7, case when $8 then $7 end, $9)
         on conflict on constraint person_email do nothing
         returning person.*, '{}'::uuid[] as clerk_of, '{}'::uuid[] as manager_of,
                   '[]'::jsonb as owner_of",
    )
    .bind(new.id.uuid())
    .bind(new.email)
    .bind(new.password_hash)
    .bind(new.given_name)
    .bind(new.family_name)
    .bind(new.date_of_birth.map(ToSqlx::to_sqlx))
    .bind(store::instant(new.at))
    .bind(new.email_verified)
    .bind(new.language)
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

/// All who run the platform and are not blocked; none of them can be changed until `tx` ends.
pub async fn lock_operators(tx: &mut Tx<'_>) -> sqlx::Result<Vec<PersonId>> {
    let ids: Vec<Uuid> =
        // Whoever was blocked while this waited for their row is not among them.
        sqlx::query_scalar(
            "select id from person where is_operator and blocked_at is null
             order by id for update",
        )
        .fetch_all(&mut **tx)
        .await?;
    Ok(ids.into_iter().map(PersonId::from_uuid).collect())
}

/// Keeps what was changed in a locked row, roles included, as its next version.
pub async fn save_person(tx: &mut Tx<'_>, row: &mut PersonRow) -> sqlx::Result<()> {
    let roles = RoleColumns::of(&row.roles());
    save_roles(tx, row.id, &roles).await?;
    sqlx::query(
        "update person
             set given_name = $2, family_name = $3, language = $4, date_of_birth = $5,
                 is_customer = $6, is_driver = $7, is_operator = $8, is_support = $9,
                 is_auditor = $10, version = version + 1
         where id = $1",
    )
    .bind(row.id.uuid())
    .bind(&row.given_name)
    .bind(&row.family_name)
    .bind(&row.language)
    .bind(row.date_of_birth)
    .bind(roles.is_customer)
    .bind(roles.is_driver)
    .bind(roles.is_operator)
    .bind(roles.is_support)
    .bind(roles.is_auditor)
    .execute(&mut **tx)
    .await?;
    // Read again: which stores a vendor has, the row does not know.
    *row = sqlx::query_as("select * from known_person where id = $1")
        .bind(row.id.uuid())
        .fetch_one(&mut **tx)
        .await?;
    Ok(())
}

async fn save_roles(tx: &mut Tx<'_>, person: PersonId, roles: &RoleColumns) -> sqlx::Result<()> {
    sqlx::query(
        "with wanted as (
             select store_id, 'clerk' as grade from unnest($2) as store_id
             union all select store_id, 'manager' from unnest($3) as store_id),
         gone as (
             delete from store_staff where person_id = $1
                and (store_id, grade) not in (select store_id, grade from wanted)),
         vendors_gone as (
             delete from vendor_owner where person_id = $1 and vendor_id <> all ($4)),
         vendors as (
             insert into vendor_owner (person_id, vendor_id)
             select $1, vendor_id from unnest($4) as vendor_id on conflict do nothing)
         insert into store_staff (person_id, store_id, grade)
         select $1, store_id, grade from wanted on conflict do nothing",
    )
    .bind(person.uuid())
    .bind(&roles.clerk_of)
    .bind(&roles.manager_of)
    .bind(&roles.owner_of)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Which people a list has.
#[derive(Debug, Default)]
pub struct People<'a> {
    /// How their e-mail address begins.
    pub email: &'a str,
    /// How their given name, their family name or the two of them begin, in lower case.
    pub name: Option<&'a str>,
    pub role: Option<RoleKind>,
    pub blocked: Option<bool>,
}

/// A condition on `known_person` that whoever has the role fulfils.
const fn has_role(role: RoleKind) -> &'static str {
    match role {
        RoleKind::Customer => "is_customer",
        RoleKind::Clerk => "id in (select person_id from store_staff where grade = 'clerk')",
        RoleKind::Manager => "id in (select person_id from store_staff where grade = 'manager')",
        RoleKind::VendorOwner => "id in (select person_id from vendor_owner)",
        RoleKind::Driver => "is_driver",
        RoleKind::Support => "is_support",
        RoleKind::Operator => "is_operator",
        RoleKind::Auditor => "is_auditor",
    }
}

/// People in the order of their e-mail addresses, from after `after`.
pub async fn people(
    db: &Db,
    which: &People<'_>,
    after: Option<&str>,
    limit: u32,
) -> sqlx::Result<Vec<PersonRow>> {
    let mut rest = String::new();
    if which.name.is_some() {
        // What follows the given name is looked for among those who have it.
        rest.push_str(
            " and (lower(family_name) collate \"C\" >= $5 and lower(family_name) collate \"C\" < $6
                   or lower(given_name) collate \"C\" >= $5 and lower(given_name) collate \"C\" < $6
                   or lower(given_name) collate \"C\" >= $7 and lower(given_name) collate \"C\" < $8
                      and starts_with(lower(given_name || ' ' || family_name), $5))",
        );
    }
    if let Some(role) = which.role {
        rest = format!("{rest} and {}", has_role(role));
    }
    match which.blocked {
        Some(true) => rest.push_str(" and blocked_at is not null"),
        Some(false) => rest.push_str(" and blocked_at is null"),
        None => {}
    }
    let statement = format!(
        "select * from known_person
         where email collate \"C\" >= $1 and email collate \"C\" < $2
           and ($3::text is null or email collate \"C\" > $3){rest}
         order by email collate \"C\" limit $4",
    );
    let query = sqlx::query_as(sqlx::AssertSqlSafe(statement))
        .bind(which.email)
        .bind(format!("{}{}", which.email, char::MAX))
        .bind(after)
        .bind(i64::from(limit));
    let query = match which.name {
        Some(name) => {
            let first = name.split(' ').next().unwrap_or_default();
            let end = |text: &str| format!("{text}{}", char::MAX);
            query.bind(name).bind(end(name)).bind(first).bind(end(first))
        }
        None => query,
    };
    query.fetch_all(db).await
}

/// Keeps a password's hash.
pub async fn set_password(tx: &mut Tx<'_>, person: PersonId, hash: &str) -> sqlx::Result<()> {
    sqlx::query("update person set password_hash = $2, version = version + 1 where id = $1")
        .bind(person.uuid())
        .bind(hash)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Gives a person another e-mail address, which they showed to be theirs; false when it is taken.
pub async fn set_email(
    tx: &mut Tx<'_>,
    person: PersonId,
    email: &str,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let changed = sqlx::query(
        "update person set email = $2, email_verified_at = $3, version = version + 1
         where id = $1 and not exists (select from person where email = $2 and id <> $1)",
    )
    .bind(person.uuid())
    .bind(email)
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await;
    match changed {
        Ok(done) => Ok(done.rows_affected() == 1),
        // Someone else took it at the same moment.
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("person_email") => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Keeps a phone number that the person showed to be theirs; none takes it away.
pub async fn set_phone(
    tx: &mut Tx<'_>,
    person: PersonId,
    phone: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "update person set phone = $2, version = version + 1,
                           phone_verified_at = case when $2 is not null then $3 end
         where id = $1",
    )
    .bind(person.uuid())
    .bind(phone)
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Blocks a person, or lets them in again when there is no reason.
pub async fn set_blocked(
    tx: &mut Tx<'_>,
    person: PersonId,
    why: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "update person set blocked_why = $2, version = version + 1,
                           blocked_at = case when $2 is not null then $3 end
         where id = $1",
    )
    .bind(person.uuid())
    .bind(why)
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The person, as `tx` sees them.
pub async fn person_in(tx: &mut Tx<'_>, id: PersonId) -> sqlx::Result<Option<PersonRow>> {
    sqlx::query_as("select * from known_person where id = $1")
        .bind(id.uuid())
        .fetch_optional(&mut **tx)
        .await
}

/// Notes that the person showed the e-mail address to be theirs.
pub async fn verify_email(tx: &mut Tx<'_>, person: PersonId, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "update person set email_verified_at = coalesce(email_verified_at, $2) where id = $1",
    )
    .bind(person.uuid())
    .bind(store::instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
