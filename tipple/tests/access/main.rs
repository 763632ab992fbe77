//! Every operation, asked by everyone about every kind of row, against the tables of access:
//! whoever has no line is refused, what is out of reach looks as if it were not there, nothing of
//! it is told, and a refusal changes nothing.

mod ask;
mod digest;
#[allow(dead_code)]
#[path = "../fuzz/document.rs"]
mod document;
mod world;

use std::collections::BTreeSet;

use ask::Asking;
use digest::{Digest, Tables, changed};
use http::Method;
use kernel::{Actor, RoleKind};
use serde_json::Value;
use testkit::{Answer, Caller};
use wire::{
    Rule,
    access::{Reach, Who},
};
use world::{Row, Whose, World};

/// Whoever reaches everything makes what is not there yet by setting it, may rule for a store of
/// which the service knows nothing, and gets an empty list where nothing is.
const MADE_OR_EMPTY: &[&str] = &[
    "complaints",
    "create_coupon",
    "create_promotion",
    "delivery_times",
    "driver_deliveries",
    "driver_earnings",
    "funnel",
    "invite",
    "keep_jurisdiction",
    "keep_licence",
    "list_movements",
    "list_stock",
    "may_at_store",
    "popular_products",
    "put_tariff",
    "put_vendor_terms",
    "sales",
    "store_queue",
    "store_staff",
];

/// Who asks for these must show something besides a token, and learns that by this code.
const ASK_FOR_MORE: &[(&str, &str)] = &[
    ("begin_authenticator", "second-factor-needed"),
    ("begin_passkey", "second-factor-needed"),
    ("confirm_authenticator", "second-factor-needed"),
    ("remove_passkey", "second-factor-needed"),
    ("renew_recovery_codes", "second-factor-needed"),
    ("show_second_factor", "challenge-over"),
];

/// What these are about need not be there.
const MAY_LACK: &[&str] = &[
    "answer_complaint",
    "dead_letter",
    "decide_refund",
    "decide_refund_limit",
    "document",
    "document_pdf",
    "explain_settlement_difference",
    "left_method_removed",
    "load_settlement",
    "payout_sent",
    "provider_deletion",
    "remove_authenticator",
    "remove_from_staff",
    "replay_dead_letter",
    "set_grade",
    "settlement",
    "settlement_differences",
    "unlink_identity",
];

/// Lists, and what of each row within reach must be in them.
const LISTS: &[(&str, &str)] = &[
    ("addresses", "address"),
    ("age_reviews", "review"),
    ("all_messages", "message"),
    ("all_orders", "order"),
    ("curations", "curation"),
    ("invitations", "invitation"),
    ("licences", "store"),
    ("list_carts", "cart"),
    ("list_coupons", "coupon"),
    ("list_jobs", "job"),
    ("list_promotions", "promotion"),
    ("list_stores", "store"),
    ("loads_of_stores", "store"),
    ("machines", "machine"),
    ("my_messages", "message"),
    ("my_orders", "order"),
    ("orders_under_way", "order"),
    ("passkeys", "passkey"),
    ("people", "person"),
    ("saved_methods", "method"),
    ("sessions", "session"),
];

/// Tables in which a refused operation leaves what the asker did, and nothing else.
const TRACES: &[(&str, &[&str])] = &[
    // An attempt of the asker's own, under the asker's own key.
    ("place_order", &["cart.given_up", "orders.history", "orders.orders", "orders.placement"]),
];

/// Everyone who asks: one of each role.
fn askers(world: &World) -> Vec<(RoleKind, Actor)> {
    RoleKind::ALL.map(|kind| (kind, world.actor(kind).clone())).to_vec()
}

/// What is known to be wrong.
struct Findings(Vec<String>);

impl Findings {
    fn check(&mut self, right: bool, what: impl FnOnce() -> String) {
        if !right {
            self.0.push(what());
        }
    }
}

/// One way to ask, and the rule for it.
struct Case {
    asking: Asking,
    rule: &'static Rule,
}

fn cases() -> Vec<Case> {
    let of = |part: &'static host::Part| {
        ask::all(part).into_iter().map(|asking| {
            let id = &asking.operation.id;
            let rule = part.access.iter().find(|rule| rule.operation == id);
            Case { rule: rule.unwrap_or_else(|| panic!("nobody said who may call {id}")), asking }
        })
    };
    tipple::PARTS.iter().flat_map(of).collect()
}

impl Case {
    /// Which rows the question can be about.
    fn rows(&self) -> &'static [Whose] {
        if self.asking.row.is_some() { &Whose::ALL } else { &Whose::ALL[..1] }
    }

    /// Whether the row is within this reach.
    fn reaches(&self, reach: &Reach, actor: &Actor, row: &Row) -> bool {
        let open = matches!(self.rule.who, Who::Anyone(_));
        let ordered = row.customer == actor.person;
        let drives = row.driver == actor.person;
        let own = match self.asking.row {
            Some("job" | "offer" | "driver") => drives,
            Some("order") if self.asking.service == "delivery" => ordered || drives,
            Some(_) => ordered,
            // What one makes or lists is one's own.
            None => true,
        };
        open || reach.own && own || reach.store(row.store)
    }

    fn asks_for_more(&self, answer: &Answer) -> bool {
        let id = self.asking.operation.id.as_str();
        ASK_FOR_MORE.iter().any(|(asked, code)| *asked == id && answer.body["code"] == *code)
    }

    /// What a list should have told, and did not.
    fn lacking(
        &self,
        world: &World,
        reach: &Reach,
        actor: &Actor,
        answer: &Answer,
    ) -> Option<Whose> {
        let (_, kind) = LISTS.iter().find(|(id, _)| *id == self.asking.operation.id)?;
        let text = answer.body.to_string();
        let there = world.rows.iter().filter(|(whose, row)| {
            let own = reach.own && row.customer == actor.person;
            **whose != Whose::Missing && (own || reach.store(row.store))
        });
        there.filter(|(_, row)| !text.contains(&row.ids[kind])).map(|(whose, _)| *whose).next()
    }

    /// Whether it is for an auditor to read, and so must change nothing.
    fn only_reads(&self) -> bool {
        self.asking.reads() || matches!(self.rule.who, Who::Roles(_))
    }

    fn name(&self, who: &str, whose: Whose, answer: &Answer) -> String {
        let (id, status) = (&self.asking.operation.id, answer.status);
        let service = self.asking.service;
        format!("{service}: {id}, {who}, {whose:?}: {status} {}", short(&answer.body))
    }
}

fn short(body: &Value) -> String {
    body.to_string().chars().take(300).collect()
}

/// The answer less what differs between two requests for two things.
fn comparable(answer: &Answer, row: &Row) -> (u16, String) {
    let mut body = answer.body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("request_id");
    }
    let mut text = body.to_string();
    for (kind, id) in &row.ids {
        text = text.replace(id, &format!("<{kind}>"));
    }
    (answer.status.as_u16(), text)
}

fn is_refusal(status: u16) -> bool {
    matches!(status, 401 | 403 | 404)
}

/// A field more than there is, anywhere in the body, is refused and not passed over: it might be one
/// that is not the asker's to set.
async fn more_than_asked_for(world: &World, case: &Case, findings: &mut Findings) {
    let own = &world.rows[&Whose::Own];
    let reaches = |(_, actor): &(RoleKind, Actor)| {
        case.rule.reach(actor).is_some_and(|reach| case.reaches(&reach, actor, own))
    };
    let Some((kind, actor)) = askers(world).into_iter().find(reaches) else { return };
    let caller = case.asking.caller(world, Some(&world.token(&actor, None)));
    for (asking, place) in case.asking.with_more() {
        let answer = asking.ask(&caller, own, own).await;
        let what = || format!("{place:?} more: {}", case.name(kind.name(), Whose::Own, &answer));
        findings.check(answer.status == 422, what);
    }
}

/// Asks all that must be refused, and what an auditor may read: nothing of it may change anything.
async fn without_effect(world: &World, case: &Case, findings: &mut Findings) {
    if matches!(case.rule.who, Who::Roles(_) | Who::SignedIn) {
        let nobody = case.asking.caller(world, None);
        for whose in case.rows() {
            let there = &world.rows[&Whose::Own];
            let answer = case.asking.ask(&nobody, &world.rows[whose], there).await;
            findings.check(answer.status == 401, || case.name("nobody", *whose, &answer));
        }
    }
    for (kind, actor) in askers(world) {
        let token = world.token(&actor, None);
        refused(world, case, (kind, &actor), &token, findings).await;
        machine_without_scope(world, case, (kind, &actor), findings).await;
    }
}

/// What this person must not have.
async fn refused(
    world: &World,
    case: &Case,
    (kind, actor): (RoleKind, &Actor),
    token: &str,
    findings: &mut Findings,
) {
    let caller = case.asking.caller(world, Some(token));
    if matches!(case.rule.who, Who::Proof(_)) {
        return without_proof(world, case, (kind, &caller), findings).await;
    }
    let reach = case.rule.reach(actor);
    let there = &world.rows[&Whose::Own];
    let mut missing = None;
    for whose in case.rows().iter().rev() {
        let row = &world.rows[whose];
        let Some(reach) = &reach else {
            let answer = case.asking.ask(&caller, row, there).await;
            findings.check(answer.status == 403, || case.name(kind.name(), *whose, &answer));
            continue;
        };
        let within = case.reaches(reach, actor, row);
        if *whose == Whose::Missing && !reach.all {
            let answer = case.asking.ask(&caller, row, there).await;
            let gone = answer.status == 404 || case.asks_for_more(&answer);
            findings.check(gone, || case.name(kind.name(), *whose, &answer));
            missing = Some(comparable(&answer, row));
        } else if *whose != Whose::Missing && !within {
            let answer = case.asking.ask(&caller, row, there).await;
            let same = missing.as_ref() == Some(&comparable(&answer, row));
            let name = || format!("{} unlike {missing:?}", case.name(kind.name(), *whose, &answer));
            findings.check(same, name);
        } else if kind == RoleKind::Auditor && *whose != Whose::Missing && case.only_reads() {
            let answer = case.asking.ask(&caller, row, there).await;
            let status = answer.status.as_u16();
            let lacks = status == 404 && MAY_LACK.contains(&&*case.asking.operation.id);
            let right = lacks || !is_refusal(status);
            findings.check(right, || case.name(kind.name(), *whose, &answer));
        }
    }
}

/// No role is a proof.
async fn without_proof(
    world: &World,
    case: &Case,
    (kind, caller): (RoleKind, &Caller),
    findings: &mut Findings,
) {
    for whose in case.rows() {
        let answer = case.asking.ask(caller, &world.rows[whose], &world.rows[&Whose::Own]).await;
        let refused = !answer.status.is_success() && !answer.status.is_server_error();
        findings.check(refused, || case.name(kind.name(), *whose, &answer));
    }
}

async fn machine_without_scope(
    world: &World,
    case: &Case,
    (kind, actor): (RoleKind, &Actor),
    findings: &mut Findings,
) {
    let asked = match case.rule.who {
        Who::Anyone(more) => !more.is_empty(),
        Who::Roles(_) | Who::SignedIn => true,
        Who::Proof(_) => false,
    };
    if !asked {
        return;
    }
    let other = ["accounts:read", "other:write"];
    let other = if case.asking.service == "accounts" { &other[1..] } else { &other[..] };
    let token = world.token(actor, Some(other));
    let caller = case.asking.caller(world, Some(&token));
    let row = &world.rows[&Whose::Own];
    let answer = case.asking.ask(&caller, row, row).await;
    let who = format!("a machine as {} without the scope", kind.name());
    findings.check(answer.status == 403, || case.name(&who, Whose::Own, &answer));
}

/// Asks for what is allowed: it is not refused, and tells nothing of what is out of reach.
async fn with_effect(world: &World, case: &Case, findings: &mut Findings) {
    let mut ended = BTreeSet::new();
    for (kind, actor) in askers(world) {
        let Some(reach) = case.rule.reach(&actor) else { continue };
        let scope = host::scope(case.asking.service, case.rule, &case.asking.operation.method);
        let machine = scope.map(|scope| world.token(&actor, Some(&[&scope])));
        let person = Some(world.signed_in(&actor).await);
        for (who, token) in [("", person), ("a machine as ", machine)] {
            let Some(token) = token else { continue };
            let caller = case.asking.caller(world, Some(&token));
            for whose in case.rows() {
                let row = &world.rows[whose];
                if !case.reaches(&reach, &actor, row) || *whose == Whose::Missing && !reach.all {
                    continue;
                }
                let answer = case.asking.ask(&caller, row, &world.rows[&Whose::Own]).await;
                let status = answer.status.as_u16();
                let right = match whose {
                    Whose::Missing => {
                        status == 404 || MADE_OR_EMPTY.contains(&&*case.asking.operation.id)
                    }
                    // Somebody else has just ended it.
                    _ if status == 404 => {
                        ended.contains(whose) || MAY_LACK.contains(&&*case.asking.operation.id)
                    }
                    _ => !is_refusal(status) || case.asks_for_more(&answer),
                };
                if case.asking.ends() && answer.status.is_success() {
                    ended.insert(*whose);
                }
                let who = format!("{who}{}", kind.name());
                findings.check(right, || case.name(&who, *whose, &answer));
                let lacking = case.lacking(world, &reach, &actor, &answer);
                findings.check(lacking.is_none(), || {
                    format!("{} lacks {lacking:?}", case.name(&who, *whose, &answer))
                });
                let leak = leak(world, case, &reach, &actor, &answer);
                findings.check(leak.is_none(), || {
                    format!("{} tells {leak:?}", case.name(&who, *whose, &answer))
                });
            }
        }
    }
}

/// Ids that nobody knows but those who reach their row.
const PRIVATE: [&str; 9] =
    ["cart", "order", "payment", "method", "job", "offer", "message", "coupon", "promotion"];

/// What someone tried with others' things, or did to them, is told them again as their own deed.
const DEEDS: &[(&str, &[&str])] = &[("export_me", &["cart", "order"])];

/// What the answer tells of a row that is out of reach.
fn leak(
    world: &World,
    case: &Case,
    reach: &Reach,
    actor: &Actor,
    answer: &Answer,
) -> Option<(Whose, &'static str)> {
    if matches!(case.rule.who, Who::Proof(_)) {
        return None;
    }
    let text = answer.body.to_string();
    let deeds = DEEDS.iter().find(|(id, _)| *id == case.asking.operation.id);
    let deeds: &[&str] = deeds.map_or(&[], |(_, kinds)| kinds);
    let out_of_reach = world.rows.iter().filter(|(whose, row)| {
        let own = row.customer == actor.person || row.driver == actor.person;
        **whose != Whose::Missing && !reach.all && !own && !reach.stores.contains(&row.store)
    });
    let mut ids = out_of_reach.flat_map(|(whose, row)| {
        let kinds = PRIVATE.into_iter().filter(|kind| !deeds.contains(kind));
        kinds.map(|kind| (*whose, kind, row.ids[kind].clone()))
    });
    ids.find(|(_, _, id)| text.contains(id)).map(|(whose, kind, _)| (whose, kind))
}

/// After these some of the others have nothing to do any more.
const LAST: [&str; 3] = ["change_password", "block", "erase_me"];

/// Reading before writing, and ending last of all; of that, one before all.
fn order(case: &Case) -> (usize, bool) {
    let whole = case.asking.row.is_none();
    if let Some(turn) = LAST.iter().position(|id| *id == case.asking.operation.id) {
        return (5 + turn, whole);
    }
    let turn = match case.asking.operation.method {
        Method::GET => 0,
        Method::PUT => 1,
        Method::PATCH => 2,
        Method::POST => 3,
        _ => 4,
    };
    (turn, whole)
}

fn unexpected(case: &Case, before: &Digest, after: &Digest) -> Vec<String> {
    let traces = TRACES.iter().find(|(operation, _)| *operation == case.asking.operation.id);
    let traces: BTreeSet<&str> = traces.iter().flat_map(|it| it.1.iter().copied()).collect();
    let changed = changed(before, after);
    changed.into_iter().filter(|table| !traces.contains(table.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everyone_reaches_what_the_tables_say_and_no_more() {
    let world = World::new().await;
    let mut tables = Tables::of(&world.bench).await;
    let mut before = tables.quiet().await;
    let (mut findings, mut cases) = (Findings(Vec::new()), cases());
    assert!(cases.len() > 100, "only {} operations", cases.len());
    for case in &cases {
        without_effect(&world, case, &mut findings).await;
        if !matches!(case.rule.who, Who::Proof(_)) {
            more_than_asked_for(&world, case, &mut findings).await;
        }
        let after = tables.digest().await;
        let changed = unexpected(case, &before, &after);
        let id = &case.asking.operation.id;
        findings.check(changed.is_empty(), || format!("{id}: a refusal changed {changed:?}"));
        before = after;
    }
    cases.sort_by_key(order);
    for case in &cases {
        with_effect(&world, case, &mut findings).await;
    }
    let findings = findings.0;
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}
