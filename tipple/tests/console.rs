//! Whoever is at the console says who runs a fresh install, which until then is nobody, and looks after
//! what could not be handled.

mod support;

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

use sqlx::Row;
use support::Town;

fn operator(town: &Town, email: &str, password: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tipple"))
        .args(["operator", email])
        .envs(town.settings())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut input = child.stdin.take().expect("its input");
    writeln!(input, "{password}").expect("it reads");
    drop(input);
    child.wait_with_output().expect("it ends")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_install_gets_its_first_operator_from_the_console() {
    let town = Town::new(1).await;
    let short = operator(&town, "oona@example.com", "short");
    assert!(!short.status.success());
    assert!(String::from_utf8_lossy(&short.stderr).contains("10 to 200 characters"));
    for password in ["correct horse battery", ""] {
        let made = operator(&town, "Oona@example.com", password);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    let row = sqlx::query("select email, is_operator from accounts.person")
        .fetch_one(&mut town.connection().await)
        .await
        .expect("one person");
    assert_eq!(row.get::<&str, _>("email"), "oona@example.com");
    assert!(row.get::<bool, _>("is_operator"));
}

/// What `tipple dead-letters` says, and whether it did what it was asked.
fn dead_letters(town: &Town, arguments: &[&str]) -> (bool, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_tipple"))
        .arg("dead-letters")
        .args(arguments)
        .envs(town.settings())
        .output()
        .expect("the binary runs");
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_handled_is_listed_looked_at_and_put_back() {
    let town = Town::new(1).await;
    town.house().migrate(|_| ()).await.expect("the tables");
    assert_eq!(dead_letters(&town, &[]), (true, "No dead letters.\n".into()));
    let mut db = town.connection().await;
    let mut numbers = Vec::new();
    for queue in ["orders", "payments"] {
        let insert = "insert into feed.message
                (queue, event_id, kind, subject, body, attempts, dead_at, error)
            values ($1, gen_random_uuid(), 'tipple.test', 'it', '{\"said\": 7}', 36, now(), 'why')
            returning seq";
        let seq = sqlx::query_scalar::<_, i64>(insert).bind(queue).fetch_one(&mut db).await;
        numbers.push(seq.expect("a letter").to_string());
    }
    let [first, second] = [numbers[0].as_str(), numbers[1].as_str()];
    let (listed, told) = dead_letters(&town, &[]);
    assert!(listed && told.contains("orders") && told.contains("payments"), "{told}");
    let (listed, told) = dead_letters(&town, &["--after", first]);
    assert!(listed && told.contains("payments") && !told.contains("orders"), "{told}");
    let (shown, told) = dead_letters(&town, &["--look", second]);
    assert!(shown && told.contains("why") && told.contains("\"said\": 7"), "{told}");
    let (back, told) = dead_letters(&town, &["--replay", second]);
    assert!(back && told.contains("is back in its queue"), "{told}");
    let waiting =
        "select dead_at is null and attempts = 0 from feed.message where queue = 'payments'";
    assert!(sqlx::query_scalar::<_, bool>(waiting).fetch_one(&mut db).await.expect("it is there"));
    let (back, told) = dead_letters(&town, &["--replay", second]);
    assert!(!back && told.contains("There is no dead letter"), "{told}");
}
