//! Someone has come back from a provider: whose account that opens, and the account itself.

use accounts_api::{Factor, Says};
use anyhow::Context as _;
use kernel::PersonId;
use serde_json::json;
use store::Tx;

use super::{
    Identity,
    linking::{Decision, Facts, Holder, Obstacle, Told, decide},
};
use crate::{
    App, audit,
    db::{
        self, PersonRow,
        provider::{self, flow::Redeemed},
    },
    flow,
};

/// What has come of it.
pub enum Arrival {
    /// Whose account is open.
    Person(Box<PersonRow>),
    Refused(Obstacle),
    /// Someone else was faster, so the facts are others by now: begin anew.
    Overtaken,
}

/// Finds, links or makes the person, in `tx`; who comes for the first time is written to in
/// `language`.
pub async fn arrive(
    app: &App,
    tx: &mut Tx<'_>,
    came: &Redeemed,
    language: &str,
) -> anyhow::Result<Arrival> {
    let identity = &came.identity.0;
    let Some(facts) = facts(tx, came, identity).await? else { return Ok(Arrival::Overtaken) };
    let told = provider::Told {
        provider: &came.provider,
        subject: &came.subject,
        email: identity.email.as_deref(),
        email_vouched: identity.email_vouched,
        refresh_token: came.refresh_token.as_deref(),
        at: app.clock.now(),
    };
    let decision = decide(facts);
    let linked = matches!(decision, Decision::Link(_));
    let (person, held) = match decision {
        Decision::Refuse(obstacle) => return Ok(Arrival::Refused(obstacle)),
        Decision::SignIn(person) => (person, provider::renew(tx, told).await?),
        Decision::Link(person) => {
            let how = if facts.asker.is_some() { "by its person" } else { "by e-mail" };
            let facts = json!({ "provider": came.provider, "how": how });
            audit::note_of(app, tx, person, "identity_linked", facts).await?;
            (person, provider::link(tx, person, told).await?)
        }
        Decision::MakePerson => {
            let person = PersonId::new();
            let made = make(app, tx, person, (identity, language)).await?;
            (person, made && provider::link(tx, person, told).await?)
        }
    };
    if !held {
        return Ok(Arrival::Overtaken);
    }
    let row = db::lock_person(tx, person).await?;
    let row = row.context("whoever has an identity is there")?;
    if linked && let Some(email) = row.verified_email() {
        let provider = app.providers.find(&came.provider);
        let name = provider.map_or(came.provider.as_str(), |known| known.display_name.as_str());
        let says = Says::NewFactor { factor: Factor::Provider(name.to_owned()) };
        flow::tell(app, tx, person, email, &says).await?;
    }
    Ok(Arrival::Person(Box::new(row)))
}

/// None when the identity was linked while we looked at whose it could be.
async fn facts(
    tx: &mut Tx<'_>,
    came: &Redeemed,
    identity: &Identity,
) -> anyhow::Result<Option<Facts>> {
    let mut facts = Facts {
        known: provider::known(tx, &came.provider, &came.subject).await?,
        asker: None,
        email: None,
    };
    let (asker, email) = (came.asker(), identity.email.as_deref());
    // Whoever waits for a person's lock sees what was linked meanwhile, and looks again.
    if let Some(person) = asker {
        db::lock_person(tx, person).await?.context("a flow goes with its person")?;
        facts.asker = Some(holder(tx, person, &came.provider).await?);
    } else if let (None, Some(email)) = (facts.known, email) {
        let mut told = Told { vouched: identity.email_vouched, owner: None, owner_verified: false };
        if let Some((person, verified)) = provider::owner(tx, email).await? {
            told.owner = Some(holder(tx, person, &came.provider).await?);
            told.owner_verified = verified;
        }
        facts.email = Some(told);
    }
    let known = provider::known(tx, &came.provider, &came.subject).await?;
    Ok((known == facts.known).then_some(facts))
}

async fn holder(tx: &mut Tx<'_>, person: PersonId, provider: &str) -> sqlx::Result<Holder> {
    Ok(Holder { person, has_another: provider::has(tx, person, provider).await? })
}

/// A new customer. An address that nobody vouches for is not theirs yet: it stays at the identity.
async fn make(
    app: &App,
    tx: &mut Tx<'_>,
    person: PersonId,
    (identity, language): (&Identity, &str),
) -> anyhow::Result<bool> {
    let now = app.clock.now();
    let email = identity.email.as_deref().filter(|_| identity.email_vouched);
    let new = db::NewPerson {
        id: person,
        email,
        email_verified: email.is_some(),
        password_hash: None,
        given_name: &identity.given_name,
        family_name: &identity.family_name,
        date_of_birth: None,
        language,
        at: now,
    };
    let Some(row) = db::insert_person(tx, &new).await? else { return Ok(false) };
    feed::append(tx, &row.changed(), now).await?;
    Ok(true)
}
