use axum::extract::State;
use compliance_api::{AddressKind, Facts, Item, Moment, Reason, in_our_time};
use garde::Validate;
use jiff::{Timestamp, civil::Date};
use kernel::{PersonId, Place, StoreId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::{Fault, Json, Never, Problem};

use crate::{App, db, judge::Case};

/// A sale that might be.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatIf {
    #[garde(skip)]
    moment: Moment,
    /// Whose licence counts.
    #[garde(skip)]
    store: StoreId,
    #[garde(custom(wire::on_the_globe))]
    store_place: Place,
    #[garde(inner(custom(wire::on_the_globe)))]
    door_place: Option<Place>,
    #[garde(skip)]
    address_kind: Option<AddressKind>,
    /// As the customer would have stated it.
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = Date)]
    date_of_birth: Option<Date>,
    /// On the document that would be shown at the door.
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = Date)]
    shown_date_of_birth: Option<Date>,
    /// The last day on which that document is valid.
    #[garde(skip)]
    #[schema(value_type = Option<String>, format = Date)]
    shown_valid_until: Option<Date>,
    /// The instant of the sale or hand-over; now unless told. From 1900 to 2999.
    #[garde(inner(custom(in_our_time)))]
    at: Option<Timestamp>,
    /// When the driver would be back at the latest.
    #[garde(inner(custom(in_our_time)))]
    back_by: Option<Timestamp>,
    #[garde(length(max = 200), dive)]
    #[schema(max_items = 200)]
    items: Vec<Item>,
}

impl WhatIf {
    fn facts(self, now: Timestamp) -> Facts {
        Facts {
            moment: self.moment,
            subject: String::new(),
            store: self.store,
            store_place: self.store_place,
            door_place: self.door_place,
            address_kind: self.address_kind,
            customer: PersonId::from_uuid(Uuid::nil()),
            at: self.at.unwrap_or(now),
            back_by: self.back_by,
            shown_date_of_birth: self.shown_date_of_birth,
            shown_valid_until: self.shown_valid_until,
            items: self.items,
        }
    }
}

/// What the law would say.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WouldBe {
    allowed: bool,
    /// Why not; empty when allowed.
    reasons: Vec<Reason>,
    /// The age that the buyer must have reached, where any item is alcohol.
    minimum_age: Option<u8>,
    /// `<jurisdiction>@<version>` of each rulebook applied.
    rules: Vec<String>,
}

/// Judges a sale that might be, and keeps nothing.
#[utoipa::path(
    post, path = "/v1/compliance/what-if", tag = "compliance", operation_id = "what_if",
    request_body = WhatIf,
    responses(
        (status = OK, body = WouldBe),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn what_if(
    State(app): State<App>,
    Json(input): Json<WhatIf>,
) -> Result<Json<WouldBe>, Fault<Never>> {
    let stated_date_of_birth = input.date_of_birth;
    let facts = input.facts(app.clock.now());
    let law = app.law().await?;
    let (licence, _) = db::sides(&app.db, facts.store, facts.customer).await?;
    let licence = licence.as_ref();
    let case = Case { facts: &facts, law: &law, licence, stated_date_of_birth };
    let finding = crate::judge::judge(&case);
    Ok(Json(WouldBe {
        allowed: finding.allowed(),
        reasons: finding.reasons,
        minimum_age: finding.minimum_age,
        rules: finding.rules,
    }))
}
