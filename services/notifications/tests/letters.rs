use accounts_api::{CodeWanted, FlowId, Purpose, Says};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use testkit::{Bench, Mood, PostOffice, customer, operator};

use crate::desk::{ANN, Desk};

async fn bench(desk: &Desk, settings: &str) -> Bench {
    let built = Bench::of(super::PARTS).stand_in("accounts", desk.router());
    built.settings(settings).start().await
}

async fn want(bench: &Bench, purpose: Purpose) -> FlowId {
    let flow = FlowId::new();
    bench.tell(&CodeWanted { flow, purpose }).await;
    flow
}

/// Tells of a flow that there is something to send of.
async fn wanted(bench: &Bench, desk: &Desk, purpose: Purpose, says: Says) -> FlowId {
    let flow = FlowId::new();
    desk.expect(flow, says);
    bench.tell(&CodeWanted { flow, purpose }).await;
    flow
}

/// The only message, as soon as it is in this state.
async fn only(bench: &Bench, state: &str) -> Value {
    let ready = |items: &[Value]| items.len() == 1 && items[0]["state"] == state;
    super::messages(bench, state, ready).await.remove(0)
}

/// Everything that notifications and the carrier keep, as text.
async fn all_that_is_kept(bench: &Bench) -> String {
    let mut connection = bench.connection().await;
    let mut all = String::new();
    for table in
        ["notifications.message", "notifications.outbox", "notifications.inbox", "feed.message"]
    {
        let query = format!("select coalesce(string_agg(t::text, ' '), '') from {table} t");
        let text: String =
            sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap();
        all.push_str(&text);
    }
    all
}

#[tokio::test]
async fn a_code_is_asked_for_when_it_leaves_and_is_kept_nowhere() {
    let (office, desk) = (PostOffice::open(&[]).await, Desk::default());
    let bench = bench(&desk, &office.settings()).await;
    wanted(&bench, &desk, Purpose::SignUp, Says::SignUp).await;
    let sent = only(&bench, "sent").await;
    let mails = office.mails();
    assert_eq!((mails.len(), desk.asked()), (1, 1));
    assert!(mails[0].contains("C0DE-0001") && mails[0].contains("secret=3D1"), "{}", mails[0]);
    assert!(mails[0].contains(&format!("To: {ANN}")), "{}", mails[0]);
    assert_eq!((&sent["kind"], &sent["person"]), (&json!("sign_up"), &Value::Null));
    for empty in ["recipient", "subject", "text", "html"] {
        assert_eq!(sent[empty], "", "{empty}");
    }
    let kept = all_that_is_kept(&bench).await;
    for secret in ["C0DE", "secret=", "canary", "Ann"] {
        assert!(!kept.contains(secret), "{secret} is kept in {kept}");
    }
    let mine = bench.signed("notifications", &customer());
    let own: Value = mine.get("/v1/notifications/messages").await.ok();
    assert_eq!(own["items"], json!([]));
    let runner = bench.signed("notifications", &operator());
    let found: Value = runner.get("/v1/notifications/all?kind=sign_up").await.ok();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn each_attempt_has_a_code_of_its_own_and_its_error_names_nobody() {
    let (office, desk) = (PostOffice::open(&[Mood::Busy]).await, Desk::default());
    let bench = bench(&desk, &office.settings()).await;
    wanted(&bench, &desk, Purpose::ResetPassword, Says::ResetPassword).await;
    let failed = only(&bench, "failed").await;
    assert_eq!(failed["error"], "it was not taken, and may be another time");
    bench.advance(31);
    only(&bench, "sent").await;
    let mails = office.mails();
    assert_eq!((mails.len(), desk.asked()), (1, 2));
    assert!(mails[0].contains("C0DE-0002") && !mails[0].contains("C0DE-0001"));
}

#[tokio::test]
async fn a_letter_that_nobody_gets_looks_like_one_that_was_sent() {
    let moods = [Mood::Stranger, Mood::Stranger];
    let (office, desk) = (PostOffice::open(&moods).await, Desk::default());
    let bench = bench(&desk, &office.settings()).await;
    let someone = wanted(&bench, &desk, Purpose::ResetPassword, Says::ResetPassword).await;
    let nobody = want(&bench, Purpose::ResetPassword).await;
    let look = |mut items: Vec<Value>| {
        for item in &mut items {
            item["id"] = Value::Null;
        }
        assert_eq!(items[0], items[1]);
    };
    // Where the office takes nothing at all, neither is sent.
    let both = |state: &'static str| {
        move |items: &[Value]| items.len() == 2 && items.iter().all(|item| item["state"] == state)
    };
    look(super::messages(&bench, "both fail", both("failed")).await);
    bench.advance(31);
    look(super::messages(&bench, "both are sent", both("sent")).await);
    assert_eq!(office.mails().len(), 1);
    assert_ne!(someone, nobody);
}

#[tokio::test]
async fn whoever_has_an_account_is_told_so_and_the_list_does_not_show_it() {
    let (office, desk) = (PostOffice::open(&[]).await, Desk::default());
    let bench = bench(&desk, &office.settings()).await;
    wanted(&bench, &desk, Purpose::SignUp, Says::AccountExists).await;
    let sent = only(&bench, "sent").await;
    assert_eq!(sent["kind"], "sign_up");
    assert!(office.mails()[0].contains("Subject: You already have an account"));
}

#[tokio::test]
async fn codes_leave_before_mails_about_orders() {
    let (office, desk) = (PostOffice::open(&[]).await, Desk::default());
    let settings = office.settings().replace("channels", "senders = 1\nchannels");
    let bench = bench(&desk, &settings).await;
    let flow = FlowId::new();
    desk.expect(flow, Says::SignUp);
    sqlx::query(
        "insert into notifications.message (id, person_id, flow_id, kind, channel, recipient,
             subject, text, html, next_at, dedupe_key, created_at)
         select gen_random_uuid(), case when n > 0 then gen_random_uuid() end,
                case when n = 0 then $1 end, case when n = 0 then 'sign_up' else 'paid' end, 'smtp',
                case when n = 0 then '' else 'bob@example.com' end,
                case when n = 0 then '' else 'Order' end, '', '',
                $2 + interval '1 minute' - n * interval '1 second', n::text, $2
         from generate_series(0, 9) as n",
    )
    .bind(flow.uuid())
    .bind(store::instant(bench.now()))
    .execute(&mut bench.connection().await)
    .await
    .unwrap();
    bench.advance(60);
    let all = |items: &[Value]| items.iter().filter(|item| item["state"] == "sent").count() == 10;
    super::messages(&bench, "ten mails", all).await;
    assert!(office.mails()[0].contains("C0DE"), "{}", office.mails()[0]);
}

#[tokio::test]
async fn a_code_that_nobody_waits_for_any_more_is_given_up() {
    let (office, desk) = (PostOffice::open(&[Mood::Busy]).await, Desk::default());
    let bench = bench(&desk, &office.settings()).await;
    wanted(&bench, &desk, Purpose::VerifyEmail, Says::VerifyEmail).await;
    only(&bench, "failed").await;
    bench.advance(3600);
    let dead = only(&bench, "dead").await;
    assert_eq!(dead["error"], "it was too late to send it");
    assert_eq!((office.mails().len(), desk.asked()), (0, 1));
}

#[tokio::test]
async fn a_code_that_may_be_out_is_not_sent_again() {
    let (office, desk) = (PostOffice::open(&[Mood::HangAfterData]).await, Desk::default());
    let bench = bench(&desk, &office.settings()).await;
    wanted(&bench, &desk, Purpose::SignUp, Says::SignUp).await;
    only(&bench, "unknown").await;
    bench.advance(600);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!((office.mails().len(), desk.asked()), (1, 1));
}

#[tokio::test]
async fn a_text_message_needs_a_channel_that_takes_one() {
    let (office, desk) = (PostOffice::open(&[]).await, Desk::default());
    let bench = bench(&desk, &office.settings()).await;
    wanted(&bench, &desk, Purpose::ConfirmPhone, Says::ConfirmPhone).await;
    let dead = only(&bench, "dead").await;
    assert_eq!(dead["error"], "none of notifications.channels can send a text message");
    assert_eq!((office.calls(), desk.asked()), (0, 0));
}
