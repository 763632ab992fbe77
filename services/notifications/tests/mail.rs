use orders_api::Move;
use serde_json::{Value, json};
use testkit::{Bench, Mood, PostOffice, customer, operator};

use crate::events::{moved, order};

/// A bench that sends through this office, and one message on its way.
async fn told(office: &PostOffice) -> Bench {
    let bench = super::bench().settings(&office.settings()).start().await;
    bench.tell(&moved(&order(customer().customer()), 1, Move::Placed)).await;
    bench
}

/// The only message, as soon as it is in this state.
async fn only(bench: &Bench, state: &str) -> Value {
    let ready = |items: &[Value]| items.len() == 1 && items[0]["state"] == state;
    super::messages(bench, state, ready).await.remove(0)
}

#[tokio::test]
async fn a_busy_office_is_asked_again_later_and_takes_one_letter() {
    let office = PostOffice::open(&[Mood::Busy, Mood::Busy]).await;
    let bench = told(&office).await;
    let failed = only(&bench, "failed").await;
    assert!(failed["error"].as_str().unwrap().contains("try again later"));
    // Not before its time, however often the job looks.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(office.calls(), 1);
    bench.advance(31);
    let twice = |items: &[Value]| items[0]["attempts"] == 2 && items[0]["state"] == "failed";
    super::messages(&bench, "the second failure", twice).await;
    bench.advance(31);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(office.calls(), 2, "the second gap is longer");
    bench.advance(90);
    let sent = only(&bench, "sent").await;
    assert_eq!((&sent["attempts"], &sent["error"]), (&json!(3), &Value::Null));
    let mails = office.mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("Subject: Order K7Q2-9F is placed"), "{}", mails[0]);
    assert!(mails[0].contains("text/plain") && mails[0].contains("text/html"));
    assert!(mails[0].contains(&format!("Message-ID: <{}@", sent["id"].as_str().unwrap())));
}

#[tokio::test]
async fn an_office_that_hangs_at_the_door_is_asked_again() {
    let office = PostOffice::open(&[Mood::Hang]).await;
    let bench = told(&office).await;
    only(&bench, "failed").await;
    bench.advance(31);
    only(&bench, "sent").await;
    assert_eq!(office.mails().len(), 1);
}

#[tokio::test]
async fn an_office_that_does_not_know_us_is_asked_again_when_it_does() {
    let office = PostOffice::open(&[Mood::Stranger]).await;
    let bench = told(&office).await;
    let failed = only(&bench, "failed").await;
    assert!(failed["error"].as_str().unwrap().contains("sign in first"));
    bench.advance(31);
    only(&bench, "sent").await;
}

#[tokio::test]
async fn a_letter_that_may_be_taken_is_never_sent_twice() {
    let office = PostOffice::open(&[Mood::HangAfterData]).await;
    let bench = told(&office).await;
    let lost = only(&bench, "unknown").await;
    bench.advance(24 * 3600);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(office.mails().len(), 1);
    let retry = format!("/v1/notifications/messages/{}/retry", lost["id"].as_str().unwrap());
    let runner = bench.signed("notifications", &operator());
    let problem = runner.post(&retry, ()).await.refused(409, "message-not-dead");
    assert_eq!(problem["state"], "unknown");
}

#[tokio::test]
async fn a_sender_that_died_while_sending_is_not_repeated() {
    let office = PostOffice::open(&[Mood::Busy]).await;
    let bench = told(&office).await;
    only(&bench, "failed").await;
    // As a process leaves it that is killed between claim and answer.
    let killed = "update notifications.message
                  set state = 'sending', claimed_at = $1, claimed_by = gen_random_uuid()";
    sqlx::query(killed)
        .bind(store::instant(bench.now()))
        .execute(&mut bench.connection().await)
        .await
        .unwrap();
    bench.advance(300);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    only(&bench, "sending").await;
    bench.advance(301);
    only(&bench, "unknown").await;
    assert_eq!(office.calls(), 1);
}

#[tokio::test]
async fn a_claim_whose_answer_was_lost_goes_out() {
    let office = PostOffice::open(&[Mood::Busy]).await;
    let bench = told(&office).await;
    only(&bench, "failed").await;
    // As the database has it when the connection breaks behind the claim.
    let lost = "update notifications.message
                set state = 'sending', claimed_at = $1, attempts = attempts + 1";
    let mut db = bench.connection().await;
    sqlx::query(lost).bind(store::instant(bench.now())).execute(&mut db).await.unwrap();
    let sent = only(&bench, "sent").await;
    assert_eq!((&sent["attempts"], office.mails().len()), (&json!(2), 1));
}

#[tokio::test]
async fn how_an_attempt_ended_is_written_down_as_soon_as_it_can_be() {
    let office = PostOffice::open(&[]).await;
    let bench = super::bench().settings(&office.settings()).start().await;
    let mut db = bench.connection().await;
    let away = "create function notifications.away() returns trigger language plpgsql as
                $$ begin raise 'nothing is written down'; end $$;
                create trigger away before update on notifications.message
                for each row when (new.state = 'sent') execute function notifications.away()";
    sqlx::raw_sql(away).execute(&mut db).await.unwrap();
    bench.tell(&moved(&order(customer().customer()), 1, Move::Placed)).await;
    bench.later("the letter", async || (!office.mails().is_empty()).then_some(())).await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    only(&bench, "sending").await;
    sqlx::raw_sql("drop trigger away on notifications.message").execute(&mut db).await.unwrap();
    only(&bench, "sent").await;
    assert_eq!(office.calls(), 1);
}

#[tokio::test]
async fn a_dead_letter_can_be_sent_anew_by_an_operator() {
    let office = PostOffice::open(&[Mood::NoSuchMailbox]).await;
    let bench = told(&office).await;
    let dead = only(&bench, "dead").await;
    assert_eq!(dead["attempts"], 1);
    let retry = format!("/v1/notifications/messages/{}/retry", dead["id"].as_str().unwrap());
    let ann = bench.signed("notifications", &customer());
    ann.post(&retry, ()).await.refused(403, "forbidden");
    let runner = bench.signed("notifications", &operator());
    runner.post(&retry, ()).await.ok::<Value>();
    only(&bench, "sent").await;
    runner.post(&retry, ()).await.refused(409, "message-not-dead");
    let nothing = "/v1/notifications/messages/018f0000-0000-7000-8000-000000000000/retry";
    runner.post(nothing, ()).await.refused(404, "not-found");
}

#[tokio::test]
async fn many_senders_send_each_letter_once() {
    let office = PostOffice::open(&[]).await;
    let bench = super::bench().settings(&office.settings()).start().await;
    for _ in 0..20 {
        bench.tell(&moved(&order(customer().customer()), 1, Move::Placed)).await;
    }
    let all = |items: &[Value]| items.iter().filter(|item| item["state"] == "sent").count() == 20;
    super::messages(&bench, "twenty letters", all).await;
    let mut mails = office.mails();
    mails.sort();
    mails.dedup();
    assert_eq!((mails.len(), office.calls()), (20, 20));
}
