//! A fresh install has nobody who runs it, until the one at its console says who.

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
