//! Who works at a store: seen and changed by those who decide there.

use axum::{extract::State, http::StatusCode};
use garde::Validate;
use kernel::{PersonId, Role, StoreId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Tx;
use wire::{Fault, Json, Never, Page, PageQuery, Path, Problem, Query, Signed};

use crate::{
    App, audit,
    db::{
        self, PersonRow,
        staff::{ByName, StaffRow},
    },
    session,
    staff::{self, Grade},
};

/// Somebody who works at a store.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Member {
    person: PersonId,
    given_name: String,
    family_name: String,
    /// None where the person came by a provider that told none.
    email: Option<String>,
    /// The most that they are at the store.
    grade: Grade,
    /// Whether the house lets them in at present.
    blocked: bool,
    /// What you may make of them here.
    may_become: Vec<Grade>,
    /// What else you may do with them.
    can: Vec<StaffAct>,
}

/// What may be done with somebody who works at a store.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StaffAct {
    Remove,
}

/// A page of those who work at a store, and what you may make of others there.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Staff {
    items: Vec<Member>,
    /// Pass this as `after` to read on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    next: Option<String>,
    /// What you may invite people to be, the least first.
    invite: Vec<Grade>,
}

fn member(row: PersonRow, store: StoreId, held: &[Role]) -> Option<Member> {
    let grade = staff::grade_at(&row.roles(), store)?;
    let removes = staff::may_give(held, store, grade);
    Some(Member {
        person: row.id,
        blocked: row.blocked_at().is_some(),
        given_name: row.given_name,
        family_name: row.family_name,
        email: row.email,
        grade,
        may_become: staff::may_become(held, store, grade),
        can: removes.then_some(StaffAct::Remove).into_iter().collect(),
    })
}

/// A store out of reach is not there.
fn of_store(asker: &Signed, store: StoreId) -> Result<(), Problem> {
    if asker.reach.store(store) { Ok(()) } else { Err(Problem::not_found("store")) }
}

/// Those who work at a store or own it, by family name.
#[utoipa::path(
    get, path = "/v1/accounts/stores/{store}/staff", tag = "accounts",
    operation_id = "store_staff",
    params(("store" = StoreId, Path), PageQuery),
    responses(
        (status = OK, body = Staff),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn list(
    asker: Signed,
    State(app): State<App>,
    Path(store): Path<StoreId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Staff>, Fault<Never>> {
    of_store(&asker, store)?;
    let (limit, after) = (page.limit()?, page.after::<ByName>()?);
    if let Some((family, given, _)) = &after {
        for name in [family, given] {
            let plain = wire::plain_text(name, &());
            plain.map_err(|error| Problem::invalid("after", error.message()))?;
        }
    }
    let rows = db::staff::of_store(&app.db, store, after.as_ref(), limit + 1).await?;
    let page = Page::cut(rows, limit, StaffRow::key);
    let member = |row: StaffRow| member(row.person, store, &asker.roles);
    let may = |grade: &Grade| staff::may_give(&asker.roles, store, *grade);
    Ok(Json(Staff {
        items: page.items.into_iter().filter_map(member).collect(),
        next: page.next,
        invite: Grade::GIVEN.into_iter().filter(may).collect(),
    }))
}

#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GradeInput {
    /// What they are at the store from now on.
    #[garde(custom(given))]
    grade: Grade,
}

fn given(grade: &Grade, (): &()) -> garde::Result {
    if Grade::GIVEN.contains(grade) {
        return Ok(());
    }
    Err(garde::Error::new("is not given for one store"))
}

/// Makes somebody who works at a store a clerk or a manager there. What they are elsewhere stays.
#[utoipa::path(
    put, path = "/v1/accounts/stores/{store}/staff/{person}", tag = "accounts",
    operation_id = "set_grade",
    params(("store" = StoreId, Path), ("person" = PersonId, Path)),
    request_body = GradeInput,
    responses(
        (status = OK, body = Member),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn set_grade(
    asker: Signed,
    State(app): State<App>,
    Path((store, person)): Path<(StoreId, PersonId)>,
    Json(GradeInput { grade }): Json<GradeInput>,
) -> Result<Json<Member>, Fault<Never>> {
    of_store(&asker, store)?;
    let mut tx = app.db.begin().await?;
    let (mut row, is) = worker(&mut tx, store, person).await?;
    if is != grade {
        if !staff::may_become(&asker.roles, store, is).contains(&grade) {
            return Err(out_of_hand().into());
        }
        become_at(&app, &mut tx, &mut row, (store, Some(grade))).await?;
        let facts = json!({ "store": store, "before": is, "after": grade });
        audit::note(&app, &mut tx, &asker, ("grade_set", Some(person)), facts).await?;
    }
    tx.commit().await?;
    app.access_ended();
    let member = member(row, store, &asker.roles).ok_or_else(nobody)?;
    Ok(Json(member))
}

/// Takes somebody off a store's staff. What they are elsewhere stays.
#[utoipa::path(
    delete, path = "/v1/accounts/stores/{store}/staff/{person}", tag = "accounts",
    operation_id = "remove_from_staff",
    params(("store" = StoreId, Path), ("person" = PersonId, Path)),
    responses(
        (status = NO_CONTENT),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub async fn remove(
    asker: Signed,
    State(app): State<App>,
    Path((store, person)): Path<(StoreId, PersonId)>,
) -> Result<StatusCode, Fault<Never>> {
    of_store(&asker, store)?;
    let mut tx = app.db.begin().await?;
    let (mut row, is) = worker(&mut tx, store, person).await?;
    if !staff::may_give(&asker.roles, store, is) {
        return Err(out_of_hand().into());
    }
    become_at(&app, &mut tx, &mut row, (store, None)).await?;
    let facts = json!({ "store": store, "before": is });
    audit::note(&app, &mut tx, &asker, ("removed_from_staff", Some(person)), facts).await?;
    tx.commit().await?;
    app.access_ended();
    Ok(StatusCode::NO_CONTENT)
}

fn nobody() -> Problem {
    Problem::not_found("member of this store's staff")
}

/// Whoever works there, locked, and as what. Nobody else is found, whoever they are.
async fn worker(
    tx: &mut Tx<'_>,
    store: StoreId,
    person: PersonId,
) -> Result<(PersonRow, Grade), Fault<Never>> {
    let row = db::lock_person(tx, person).await?.ok_or_else(nobody)?;
    let is = staff::grade_at(&row.roles(), store).ok_or_else(nobody)?;
    Ok((row, is))
}

fn out_of_hand() -> Problem {
    let detail = "This is for who could have given them what they are. Ask the store's owner, or \
                  those who run the platform.";
    Problem::forbidden(detail)
}

/// What was taken away is gone within seconds, as when all roles are set.
async fn become_at(
    app: &App,
    tx: &mut Tx<'_>,
    row: &mut PersonRow,
    (store, to): (StoreId, Option<Grade>),
) -> anyhow::Result<()> {
    let roles = staff::moved(&row.roles(), store, to);
    row.set_roles(&roles);
    db::save_person(tx, row).await?;
    db::session::end_access(tx, row.id, session::last_token_ends(app)).await?;
    feed::append(tx, &row.changed(), app.clock.now()).await
}
