//! What `tipple doctor` finds wrong: each thing is well, is made wrong, and is told with what helps.

mod support;

use std::{os::unix::fs::PermissionsExt as _, process::Command};

use sqlx::AssertSqlSafe;
use support::Town;

/// What the doctor says of one thing.
fn told(town: &Town, settings: &[(&str, &str)], what: &str) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_tipple"))
        .arg("doctor")
        .envs(town.settings())
        .envs(settings.iter().copied())
        .output()
        .expect("the binary runs");
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert_eq!(done.status.success(), !said.contains("WRONG "), "{said}");
    let line = said.lines().find(|line| line[6..].starts_with(&format!("{what}: ")));
    line.unwrap_or_else(|| panic!("nothing of {what} in: {said}")).to_owned()
}

#[track_caller]
fn wrong(line: &str, why: &str) {
    assert!(line.starts_with("WRONG ") && line.contains(why), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_in_the_database_is_told_with_what_helps() {
    let town = Town::new(1).await;
    wrong(&told(&town, &[], "tables"), "run `tipple migrate`");
    town.house().migrate(|_| ()).await.expect("the tables");
    assert!(told(&town, &[], "tables").starts_with("ok "));
    let mut db = town.connection().await;
    for (what, table, columns, values, why) in [
        (
            "events to be sent",
            "orders.outbox",
            "created_at",
            "now() - interval '1 minute'",
            "1 of orders for up to 6",
        ),
        (
            "events to be handled",
            "feed.message",
            "queue, due_at",
            "'orders', now() - interval '2 minutes'",
            "1 tipple.test for orders wait and nobody takes them",
        ),
        (
            "dead letters",
            "feed.message",
            "queue, attempts, error, dead_at",
            "'orders', 36, 'why', now()",
            "1 of orders: `tipple dead-letters` lists them",
        ),
    ] {
        assert!(told(&town, &[], what).starts_with("ok "), "{what}");
        let insert = format!(
            "insert into {table} (event_id, kind, subject, body, {columns})
             values (gen_random_uuid(), 'tipple.test', 'it', '{{}}', {values})"
        );
        sqlx::query(AssertSqlSafe(insert)).execute(&mut db).await.expect("a row");
        wrong(&told(&town, &[], what), why);
        let delete = format!("delete from {table}");
        sqlx::query(AssertSqlSafe(delete)).execute(&mut db).await.expect("none");
    }
    let many = [("TIPPLE__DATABASE__POOL_SIZE", "500")];
    assert!(told(&town, &[], "connections").starts_with("ok "));
    wrong(&told(&town, &many, "connections"), "raise its max_connections");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_in_the_settings_is_told_with_what_helps() {
    let town = Town::new(1).await;
    let folder = std::env::temp_dir().join(format!("tipple-doctor-{}", kernel::random_token()));
    std::fs::create_dir(&folder).expect("a folder");
    let secret = folder.join("payments.sandbox.secret_key");
    std::fs::write(&secret, "sandbox key of a test").expect("a secret");
    let open = |mode| {
        let of = |mode| std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&folder, of(0o755)).expect("its folder is open");
        std::fs::set_permissions(&secret, of(mode)).expect("the secret is too, or not");
    };
    let kept = [("TIPPLE_SECRETS", folder.to_str().expect("a name"))];
    open(0o640);
    assert!(told(&town, &kept, "secrets' files").starts_with("ok "));
    open(0o644);
    wrong(&told(&town, &kept, "secrets' files"), "everybody on this machine can read");
    std::fs::remove_dir_all(&folder).expect("a folder");
    let nobody = "http://127.0.0.1:1";
    for (name, value, what, why) in [
        ("TIPPLE__HOUSE__SECRET", "short", "secrets", "house.secret"),
        ("TIPPLE__LISTEN", "nowhere", "settings", "listen"),
        ("TIPPLE__UPSTREAMS__ORDRES", nobody, "services", "upstreams.ordres names no service"),
        ("TIPPLE__UPSTREAMS__ORDERS", nobody, "orders", "does not answer: start it"),
        ("TIPPLE__REDIS__URL", "redis://127.0.0.1:1", "redis", "does not answer"),
        ("TIPPLE__NOTIFICATIONS__CHANNELS", "[\"smtp\"]", "letters", "notifications.smtp"),
    ] {
        wrong(&told(&town, &[(name, value)], what), why);
    }
}
