use anyhow::{Context as _, bail, ensure};
use kernel::{Clock, PersonId, Role};
use store::Db;

use crate::{
    Config, db,
    password::{LONGEST, Passwords, SHORTEST, weakness},
    profile::LANGUAGE,
};

/// The person who is to run the platform.
#[derive(Debug, Clone)]
pub struct NewOperator {
    pub email: String,
    /// Used only when there is no account with this e-mail address yet.
    pub password: String,
    pub given_name: String,
    pub family_name: String,
}

/// Makes an operator on a fresh install: a new account, or the role for the account that has this
/// e-mail address. Doing it again changes nothing.
pub async fn make_operator(
    db: &Db,
    clock: &Clock,
    config: &Config,
    new: &NewOperator,
) -> anyhow::Result<PersonId> {
    let email = new.email.trim().to_lowercase();
    ensure!(email.contains('@') && email.len() <= 254, "{email:?} is not an e-mail address");
    let known = db::person_by_email(db, &email).await?;
    let person = match known {
        Some(row) => row.id,
        None => insert(db, clock, config, new, &email).await?,
    };
    let mut tx = db.begin().await?;
    let row = db::lock_person(&mut tx, person).await?;
    let mut row = row.context("an account does not vanish")?;
    let mut roles = row.roles();
    if !roles.contains(&Role::Operator) {
        roles.push(Role::Operator);
        row.set_roles(&roles);
        db::save_person(&mut tx, &mut row).await?;
        feed::append(&mut tx, &row.changed(), clock.now()).await?;
    }
    tx.commit().await?;
    Ok(person)
}

async fn insert(
    db: &Db,
    clock: &Clock,
    config: &Config,
    new: &NewOperator,
    email: &str,
) -> anyhow::Result<PersonId> {
    let length = new.password.chars().count();
    ensure!(
        (SHORTEST..=LONGEST).contains(&length),
        "the password must have {SHORTEST} to {LONGEST} characters"
    );
    let own = [&new.email, &new.given_name, &new.family_name].map(Clone::clone);
    if let Some(sentence) = weakness(&new.password, &own) {
        bail!("{sentence}");
    }
    let hash = Passwords::new(config)?.hash(new.password.clone()).await?;
    let now = clock.now();
    let person = db::NewPerson {
        id: PersonId::new(),
        email: Some(email),
        email_verified: false,
        password_hash: Some(&hash.context("nothing else hashes here")?),
        given_name: &new.given_name,
        family_name: &new.family_name,
        date_of_birth: None,
        language: LANGUAGE,
        at: now,
    };
    let mut tx = db.begin().await?;
    let row = db::insert_person(&mut tx, &person).await?;
    let row = row.context("someone just signed up with this e-mail address; try again")?;
    feed::append(&mut tx, &row.changed(), now).await?;
    tx.commit().await?;
    Ok(row.id)
}
