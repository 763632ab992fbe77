//! People for a demo: staff, drivers, operators and customers, all with one password.

use std::collections::HashMap;

use anyhow::Context as _;
use compliance_api::AddressKind;
use jiff::civil::Date;
use kernel::{Clock, PersonId, Place, Role};
use store::Db;

use crate::{
    Config,
    db::{self, address::NewAddress},
    password::Passwords,
};

/// A person to be, for a demo.
#[derive(Debug, Clone)]
pub struct NewDemoPerson {
    pub email: String,
    pub given_name: String,
    pub family_name: String,
    pub date_of_birth: Option<Date>,
    pub roles: Vec<Role>,
    /// Where the person lives, if that matters.
    pub home: Option<DemoHome>,
}

/// Where a demo's person lives.
#[derive(Debug, Clone)]
pub struct DemoHome {
    /// As a driver reads it.
    pub address: String,
    pub place: Place,
}

/// Makes sure that these people are there, in their order. Those whose e-mail address is known
/// stay as they are, so it may run at every start. The password is hashed once for all.
pub async fn people(
    db: &Db,
    clock: &Clock,
    config: &Config,
    password: &str,
    people: &[NewDemoPerson],
) -> anyhow::Result<Vec<PersonId>> {
    let emails: Vec<String> = people.iter().map(|new| new.email.to_lowercase()).collect();
    let known: HashMap<_, _> = db::seed::taken(db, &emails).await?.into_iter().collect();
    let missing: Vec<&NewDemoPerson> =
        people.iter().filter(|new| !known.contains_key(&new.email.to_lowercase())).collect();
    if !missing.is_empty() {
        let hash = Passwords::new(config)?.hash(password.to_owned()).await?;
        insert(db, clock, &missing, &hash.context("nothing else hashes here")?).await?;
    }
    let known: HashMap<_, _> = db::seed::taken(db, &emails).await?.into_iter().collect();
    emails.iter().map(|email| known.get(email).copied().context("a person of the demo")).collect()
}

async fn insert(
    db: &Db,
    clock: &Clock,
    people: &[&NewDemoPerson],
    password_hash: &str,
) -> anyhow::Result<()> {
    let now = clock.now();
    let mut tx = db.begin().await?;
    let rows = db::seed::insert_people(&mut tx, people, password_hash, now).await?;
    for row in &rows {
        feed::append(&mut tx, &row.changed(), now).await?;
        let new = people.iter().find(|new| Some(new.email.to_lowercase()) == row.email);
        let Some((new, home)) = new.and_then(|new| Some((new, new.home.as_ref()?))) else {
            continue;
        };
        let recipient = format!("{} {}", new.given_name, new.family_name);
        let address = NewAddress {
            label: "Home",
            kind: Some(AddressKind::Home),
            recipient: &recipient,
            address: &home.address,
            instructions: "",
            place: home.place,
            is_default: true,
        };
        let id = kernel::AddressId::new();
        db::address::insert(&mut tx, row.id, id, &address, now).await?;
    }
    Ok(tx.commit().await?)
}
