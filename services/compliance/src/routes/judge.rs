use axum::extract::State;
use compliance_api::{Facts, Moment, Verdict};
use jiff::civil::Date;
use kernel::{PersonId, VerdictId};
use serde_json::{Value, json};
use wire::{Fault, House, Json, Never};

use crate::{
    App, db,
    judge::{Case, Finding},
};

/// Judges, keeps the verdict, and gives it: for services of the house.
pub async fn judge(
    _: House,
    State(app): State<App>,
    Json(facts): Json<Facts>,
) -> Result<Json<Verdict>, Fault<Never>> {
    let law = app.law().await?;
    let (licence, mut born) = db::sides(&app.db, facts.store, facts.customer).await?;
    if born.is_none() && matters(facts.moment) {
        born = stated(&app, facts.customer).await;
    }
    let case =
        Case { facts: &facts, law: &law, licence: licence.as_ref(), stated_date_of_birth: born };
    let finding = crate::judge::judge(&case);
    let kept = kept(&facts, &finding)?;
    let verdict = Verdict {
        verdict: VerdictId::new(),
        allowed: finding.allowed(),
        reasons: finding.reasons,
        minimum_age: finding.minimum_age,
        rules: finding.rules,
    };
    db::insert_verdict(&app.db, &facts, &kept, &verdict, app.clock.now()).await?;
    Ok(Json(verdict))
}

/// Before that a sale to whoever did not state a date of birth may be prepared, and at the door a
/// document says it.
const fn matters(moment: Moment) -> bool {
    matches!(moment, Moment::Placement | Moment::Dispatch)
}

/// Whoever buys within a moment of signing up is ahead of what the house is told of them. Where accounts
/// does not answer it is not known, which is a no.
async fn stated(app: &App, customer: PersonId) -> Option<Date> {
    app.accounts.birth(customer).await.ok()?.date_of_birth
}

/// The facts as they may be kept: of a shown document only that it was shown, of ages only whether
/// they are enough.
fn kept(facts: &Facts, finding: &Finding) -> anyhow::Result<Value> {
    let mut kept = serde_json::to_value(facts)?;
    if let Value::Object(kept) = &mut kept {
        kept.remove("shown_date_of_birth");
        kept.remove("shown_valid_until");
        kept.insert("document_shown".into(), json!(facts.shown_date_of_birth.is_some()));
        kept.insert("of_age".into(), json!(finding.of_age));
    }
    Ok(kept)
}
