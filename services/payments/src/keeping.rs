//! Ways to pay that customers keep for later: with their consent, as the provider's token, and with
//! nothing of a card but what is shown of it.

use jiff::{SignedDuration, Timestamp};
use kernel::{CustomerId, SavedMethodId};
use payments_api::{Component, ComponentKind, StartRefusal};
use sha2::{Digest, Sha256};
use store::Tx;

use crate::{
    App,
    account::Account,
    db,
    payment::Payment,
    provider::{Keeping, SeenMethod},
    start::{StartFailed, refusal},
};

/// So many a customer can keep.
pub const MOST: u32 = 20;

/// So long after it was asked a provider has let go of what it was to let go of, or has not: longer than
/// any call of ours takes.
const CERTAIN: SignedDuration = SignedDuration::from_mins(10);

/// What the customer chose of this for one payment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Choice {
    pub saves: bool,
    pub method: Option<SavedMethodId>,
}

impl Choice {
    /// As it can be had at `account`: what has been kept need not be kept again, and a provider that
    /// keeps nothing does not stop a purchase.
    pub fn at(self, account: &Account) -> Self {
        Self { saves: self.saves && self.method.is_none() && account.client.saves(), ..self }
    }

    /// That of a payment.
    pub const fn of(payment: &Payment) -> Self {
        Self { saves: payment.saves, method: payment.saved_method }
    }
}

/// Refuses what cannot be: a way to pay that is not the customer's own, or one more than can be kept.
/// The key of the account at which the chosen one is.
pub async fn check(
    app: &App,
    customer: CustomerId,
    choice: Choice,
) -> Result<Option<String>, StartFailed> {
    if let Some(method) = choice.method {
        let kept = db::saved::find(&app.db, customer, method).await.map_err(anyhow::Error::from)?;
        let kept = kept.ok_or(StartRefusal::SavedMethodUnusable)?;
        return Ok(Some(format!("{}:{}", kept.provider, kept.account)));
    }
    if choice.saves {
        let count = db::saved::count(&app.db, customer).await.map_err(anyhow::Error::from)?;
        if count >= i64::from(MOST) {
            return Err(StartRefusal::TooManySavedMethods { most: MOST }.into());
        }
    }
    Ok(None)
}

/// What a payment's provider is told.
#[derive(Default)]
pub struct Told {
    pub customer: Option<String>,
    token: Option<String>,
}

impl Told {
    pub fn told(&self, saves: bool) -> Keeping<'_> {
        Keeping { customer: self.customer.as_deref(), saves, token: self.token.as_deref() }
    }
}

/// What the provider has to know of the customer of `payment` before it is made there.
pub async fn of(app: &App, account: &Account, payment: &Payment) -> Result<Told, StartFailed> {
    let mut told = Told::default();
    if let Some(method) = payment.saved_method {
        let kept = db::saved::find(&app.db, payment.customer, method).await;
        // It may have been removed since it was chosen.
        let kept = kept
            .map_err(anyhow::Error::from)?
            .filter(|kept| kept.of() == (account.provider, account.name.as_str()));
        let kept = kept.ok_or(StartRefusal::SavedMethodUnusable)?;
        told.token = Some(kept.token);
    } else if !payment.saves {
        return Ok(told);
    }
    let at = (account.provider, account.name.as_str());
    let now = app.clock.now();
    let row = db::saved::customer(&app.db, payment.customer, at, now).await;
    let row = row.map_err(anyhow::Error::from)?;
    told.customer = match row.provider_customer {
        Some(known) => Some(known),
        None => match account.customer(row.id, row.created_at).await.map_err(refusal)? {
            Some(made) => {
                let named = db::saved::name_customer(&app.db, row.id, &made).await;
                named.map_err(anyhow::Error::from)?
            }
            None => None,
        },
    };
    Ok(told)
}

/// What the provider of `payment` was told, also where it was taken away since. A token that is gone for
/// good is none of the provider's.
pub async fn as_it_was(app: &App, payment: &Payment) -> anyhow::Result<Told> {
    let mut told = Told::default();
    if let Some(method) = payment.saved_method {
        let token = db::saved::token(&app.db, payment.customer, method).await?;
        told.token = Some(token.unwrap_or_default());
    }
    if payment.saves || payment.saved_method.is_some() {
        let at = (payment.provider.as_str(), payment.account.as_str());
        told.customer = db::saved::named_customer(&app.db, payment.customer, at).await?;
    }
    Ok(told)
}

/// Whether its customer has taken away what it was to be paid with: then it may not be, although
/// they had agreed to it at the provider.
pub async fn was_removed(db: impl sqlx::PgExecutor<'_>, payment: &Payment) -> sqlx::Result<bool> {
    let Some(method) = payment.saved_method else { return Ok(false) };
    Ok(db::saved::find(db, payment.customer, method).await?.is_none())
}

/// What a page is told of it.
pub fn shown(payment: &Payment, component: Component) -> Component {
    let window = component.kind == ComponentKind::RazorpayCheckout;
    Component {
        customer: payment.provider_customer.clone().filter(|_| window),
        saves: payment.saves,
        saved: payment.saved_method.is_some(),
        ..component
    }
}

/// Keeps what a payment was paid with, once, where its customer agreed to that. What the provider
/// kept without such a word is let go of.
pub async fn keep(
    tx: &mut Tx<'_>,
    payment: &Payment,
    method: &SeenMethod,
    now: Timestamp,
) -> anyhow::Result<()> {
    let concerned = payment.saves || payment.provider_customer.is_some();
    if payment.authorised == 0 || !concerned {
        return Ok(());
    }
    // One after another for each customer, so that the same card twice is seen to be the same.
    db::saved::lock_customer(tx, payment.customer).await?;
    if !db::saved::is_theirs(tx, payment, &method.customer).await? {
        tracing::error!(
            payment = %payment.id, order = %payment.order,
            "it was paid with what another customer keeps: a person must look"
        );
        return Ok(());
    }
    let likeness = likeness(payment, method);
    let kept = payment.saves && db::saved::count(&mut **tx, payment.customer).await? < MOST.into();
    let times = (kept, now, now + CERTAIN);
    if db::saved::insert(tx, payment, (method, &likeness), times).await? && kept {
        db::saved::replace(tx, payment, &likeness, now).await?;
    }
    Ok(())
}

/// By what the same card of the same customer is known again; nothing else can be learned from it.
fn likeness(payment: &Payment, method: &SeenMethod) -> String {
    let card = || {
        let SeenMethod { brand, last_four, expires, token, .. } = method;
        match last_four {
            Some(four) => format!("{brand:?} {four} {expires:?}"),
            None => token.clone(),
        }
    };
    let mark = method.mark.clone().unwrap_or_else(card);
    let Payment { customer, provider, account, .. } = payment;
    let all = format!("{customer} {provider} {account} {} {mark}", method.kind);
    hex::encode(Sha256::digest(all))
}

/// Whether what expires in this month (`2034-08`) is over.
pub fn is_over(expires: &str, now: Timestamp) -> bool {
    let month = now.strftime("%Y-%m").to_string();
    expires < month.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_good_until_its_month_has_ended() {
        let at = |time: &str| time.parse::<Timestamp>().unwrap();
        assert!(!is_over("2026-06", at("2026-06-30T23:59:59Z")));
        assert!(is_over("2026-06", at("2026-07-01T00:00:00Z")));
        assert!(!is_over("2027-01", at("2026-12-31T00:00:00Z")));
    }
}
