use accounts_api::{FlowId, Purpose, Says};
use axum::{extract::State, http::StatusCode};
use garde::Validate;
use jiff::Timestamp;
use kernel::{Role, StoreId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Tx;
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query, Signed};

use super::change_email::CodeShown;
use crate::{
    App, audit, db,
    db::flow::FlowRow,
    flow,
    flow::{CodeRefused, To},
    routes::people::roles,
    session,
    staff::may_offer,
    throttle,
};

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationInput {
    #[garde(length(max = 254), email)]
    #[schema(max_length = 254, format = Email)]
    email: String,
    /// What the person will be. Operators offer any role; vendor owners managers and clerks of their
    /// stores; managers clerks of theirs.
    #[garde(custom(roles::sensible_role))]
    role: Role,
}

/// A role that was offered and not taken yet.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Invitation {
    flow: FlowId,
    email: String,
    role: Role,
    made_at: Timestamp,
    expires_at: Timestamp,
    /// What you may do with it.
    can: Vec<InvitationAct>,
}

/// What may be done with an invitation.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitationAct {
    Withdraw,
}

/// As someone with these roles sees it.
fn invitation(row: &FlowRow, held: &[Role]) -> Option<Invitation> {
    let role: Role = serde_json::from_value(row.data["role"].clone()).ok()?;
    let may = may_offer(held, &role);
    Some(Invitation {
        flow: row.id,
        email: row.email.clone()?,
        role,
        made_at: row.made_at(),
        expires_at: row.expires_at(),
        can: may.then_some(InvitationAct::Withdraw).into_iter().collect(),
    })
}

/// Offers someone a role by a letter to their e-mail address.
#[utoipa::path(
    post, path = "/v1/accounts/invitations", tag = "accounts", operation_id = "invite",
    request_body = InvitationInput,
    responses(
        (status = CREATED, body = Invitation),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn invite(
    asker: Signed,
    State(app): State<App>,
    Json(input): Json<InvitationInput>,
) -> Result<(StatusCode, Json<Invitation>), Fault<Never>> {
    if !may_offer(&asker.roles, &input.role) {
        // A store that is not theirs is, for them, not there.
        return Err(Problem::not_found("store or role that you may give").into());
    }
    let email = input.email.to_lowercase();
    throttle::send_letter_for(&app, &email, asker.person).await?;
    let by = db::person(&app.db, asker.person).await?.ok_or_else(super::gone)?;
    let says = Says::Invitation {
        by: format!("{} {}", by.given_name, by.family_name),
        role: input.role.kind().name().to_owned(),
    };
    let data = json!({ "role": input.role, "by": asker.person, "says": says });
    let mut tx = app.db.begin().await?;
    let what = (Purpose::Invitation, To::Email(&email));
    let id = flow::begin(&app, &mut tx, what, None, data).await?;
    let facts = json!({ "flow": id, "role": input.role });
    audit::note(&app, &mut tx, &asker, ("invited", None), facts).await?;
    tx.commit().await?;
    let row = db::flow::open(&app.db, id, app.clock.now()).await?;
    let made = row.as_ref().and_then(|row| invitation(row, &asker.roles));
    let made = made.ok_or_else(|| Problem::not_found("invitation"))?;
    Ok((StatusCode::CREATED, Json(made)))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InvitationsQuery {
    /// Only invitations to work at this store.
    store: Option<StoreId>,
    /// `next` of the page before.
    #[param(max_length = 1000)]
    after: Option<String>,
    /// How many items at most, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Open invitations, newest first: those whose role the asker may give.
#[utoipa::path(
    get, path = "/v1/accounts/invitations", tag = "accounts", operation_id = "invitations",
    params(InvitationsQuery),
    responses(
        (status = OK, body = Page<Invitation>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn invitations(
    asker: Signed,
    State(app): State<App>,
    Query(query): Query<InvitationsQuery>,
) -> Result<Json<Page<Invitation>>, Fault<Never>> {
    let page = PageQuery { after: query.after, limit: query.limit };
    let (limit, after) = (page.limit()?, page.after::<uuid::Uuid>()?);
    let stores = match query.store {
        Some(store) if asker.reach.store(store) => Some(vec![store]),
        Some(_) => return Err(Problem::not_found("store").into()),
        None => asker.reach.only_stores(),
    };
    let rows =
        db::flow::invitations(&app.db, stores.as_deref(), (after, app.clock.now()), limit + 1)
            .await?;
    let page = Page::cut(rows, limit, |row| row.id.uuid());
    let sees = |row: &FlowRow| {
        let made = invitation(row, &asker.roles)?;
        (asker.reach.all || may_offer(&asker.roles, &made.role)).then_some(made)
    };
    let items = page.items.iter().filter_map(sees).collect();
    Ok(Json(Page { items, next: page.next }))
}

/// Takes an invitation back: its letter opens nothing any more.
#[utoipa::path(
    delete, path = "/v1/accounts/invitations/{flow}", tag = "accounts",
    operation_id = "withdraw_invitation",
    params(("flow" = FlowId, Path)),
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn withdraw_invitation(
    asker: Signed,
    Path(id): Path<FlowId>,
    State(app): State<App>,
) -> Result<StatusCode, Fault<Never>> {
    let now = app.clock.now();
    let row = db::flow::open(&app.db, id, now).await?;
    let offer = row.filter(|row| row.purpose == Purpose::Invitation.name());
    let offer = offer.as_ref().and_then(|row| invitation(row, &asker.roles));
    let offer = offer.filter(|made| may_offer(&asker.roles, &made.role));
    let offer = offer.ok_or_else(|| Problem::not_found("invitation"))?;
    let mut tx = app.db.begin().await?;
    db::flow::use_up(&mut tx, offer.flow, now).await?;
    let facts = json!({ "flow": id });
    audit::note(&app, &mut tx, &asker, ("invitation_withdrawn", None), facts).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether whoever offered the role may still give it: what was taken back from them does not live on
/// in what they offered before.
async fn still_offered(tx: &mut Tx<'_>, row: Option<&FlowRow>, role: &Role) -> sqlx::Result<bool> {
    let by = row.and_then(|row| row.data["by"].as_str()?.parse().ok());
    let Some(by) = by else { return Ok(false) };
    let by = db::person_in(tx, by).await?.filter(|by| by.blocked_at().is_none());
    Ok(by.is_some_and(|by| may_offer(&by.roles(), role)))
}

/// Takes the role that was offered, with the code of the letter. The account's e-mail address must
/// be the one that was invited, and shown to be its person's.
#[utoipa::path(
    post, path = "/v1/accounts/invitations/accept", tag = "accounts",
    operation_id = "accept_invitation",
    request_body = CodeShown,
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn accept_invitation(
    asker: Signed,
    State(app): State<App>,
    Json(input): Json<CodeShown>,
) -> Result<StatusCode, Fault<CodeRefused>> {
    let row = flow::opened_by(&app, input.flow, Purpose::Invitation, &input.code).await?;
    let offer = row.as_ref().and_then(|row| invitation(row, &asker.roles));
    let offer = offer.ok_or(CodeRefused::CodeRefused)?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    if !db::flow::use_up(&mut tx, offer.flow, now).await? {
        return Err(CodeRefused::CodeRefused.into());
    }
    let person = db::lock_person(&mut tx, asker.person).await?;
    let person = person.filter(|person| person.verified_email() == Some(&offer.email));
    let mut person = person.ok_or(CodeRefused::CodeRefused)?;
    if !still_offered(&mut tx, row.as_ref(), &offer.role).await? {
        return Err(CodeRefused::CodeRefused.into());
    }
    let mut held = person.roles();
    held.push(offer.role.clone());
    person.set_roles(&held);
    db::save_person(&mut tx, &mut person).await?;
    // Not because anything ended: so that the tokens there are give way to ones with the role.
    db::session::end_access(&mut tx, person.id, session::last_token_ends(&app)).await?;
    feed::append(&mut tx, &person.changed(), now).await?;
    let facts = json!({ "flow": offer.flow, "role": offer.role });
    audit::note(&app, &mut tx, &asker, ("invitation_accepted", Some(person.id)), facts).await?;
    tx.commit().await?;
    app.access_ended();
    Ok(StatusCode::NO_CONTENT)
}
