//! `tipple.example.toml` names every setting, with the default that the code has.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use host::Settings;
use serde_json::{Map, Value};

const EXAMPLE: &str = include_str!("../../tipple.example.toml");

/// What the sections do not tell of, for it is secret.
const SECRETS: [&str; 7] = [
    "accounts.secret",
    "delivery.google_routes.key",
    "notifications.smtp.password",
    "payments.sandbox.secret_key",
    "payments.sandbox.webhook_secret",
    "sandbox.secret_key",
    "sandbox.webhook_secret",
];

/// The example with its settings in force: they are the comments that begin without a space.
fn in_force() -> String {
    let lines = EXAMPLE.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if setting.starts_with(|c: char| c.is_ascii_lowercase()) => setting,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Every setting under its whole name.
fn leaves(name: &str, value: Value, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let name = if name.is_empty() { key } else { format!("{name}.{key}") };
                leaves(&name, value, found);
            }
        }
        value => {
            let twice = found.insert(name.to_owned(), value);
            assert!(twice.is_none(), "{name} is there twice");
        }
    }
}

fn parsed(toml: &str) -> BTreeMap<String, Value> {
    let table: Value = toml::from_str(toml).expect("TOML");
    let mut found = BTreeMap::new();
    leaves("", table, &mut found);
    found
}

#[test]
fn the_example_names_every_setting_with_its_default() {
    let sections = tipple::settings::sections(&Settings::load(None, "").expect("the defaults"));
    let sections: Map<String, Value> = sections
        .expect("every section has defaults")
        .into_iter()
        .map(|(name, section)| (name.to_owned(), section))
        .collect();
    let mut code = parsed(host::DEFAULTS);
    leaves("", sections.into(), &mut code);
    for secret in SECRETS {
        let shown = code.insert(secret.to_owned(), "".into());
        assert_eq!(shown, None, "{secret} is shown");
    }
    let example = parsed(&in_force());
    let names = |of: &BTreeMap<String, Value>| of.keys().cloned().collect::<BTreeSet<_>>();
    let (ours, told) = (names(&code), names(&example));
    assert_eq!(ours.difference(&told).collect::<Vec<_>>(), [""; 0], "are not in the example");
    assert_eq!(told.difference(&ours).collect::<Vec<_>>(), [""; 0], "are in the example only");
    for (name, value) in &example {
        assert_eq!(value, &code[name], "{name} has another default");
    }
}

#[test]
fn the_example_is_understood_as_it_is_and_in_force() {
    for text in [EXAMPLE, &in_force()] {
        let settings = Settings::load(None, text).expect("settings");
        tipple::settings::check(&settings).expect("nothing unknown");
    }
    let untouched = Settings::load(None, EXAMPLE).expect("settings");
    assert!(!untouched.has_section("sandbox"), "a copy of the example must not run the sandbox");
}

#[test]
fn what_is_misspelt_does_not_start() {
    for wrong in [
        "listn = \"127.0.0.1:80\"",
        "[order]\npayment_minutes = 5",
        "[orders]\npayment_minute = 5",
        "[notifications.smtp]\npasword = \"\"",
        "[compliance]\nlenient = true",
        "[gateway]\nproxies_in_front = \"many\"",
    ] {
        let settings = Settings::load(None, wrong).expect("settings");
        assert!(tipple::settings::check(&settings).is_err(), "{wrong}");
    }
}

/// What `tipple doctor` says of the broker at an address, and whether it shows the password.
fn checked(url: &str, password: &str) -> String {
    let command = Command::new(env!("CARGO_BIN_EXE_tipple"))
        .arg("doctor")
        .env_remove("DATABASE_URL")
        .env("TIPPLE__EVENTS__RABBITMQ_URL", url)
        .env("TIPPLE__LOG__LEVEL", "trace")
        .output()
        .expect("the binary runs");
    let told = [command.stdout, command.stderr].concat();
    let told = String::from_utf8_lossy(&told);
    assert!(!told.contains(password), "{told}");
    told.lines().find(|line| line.contains(" events: ")).expect("a line about events").to_owned()
}

#[test]
fn a_broker_that_is_out_of_reach_is_told_without_its_password() {
    for (url, told) in [
        ("amqp://guest:hush-hush@127.0.0.1:1/%2f", "WRONG events: RabbitMQ at 127.0.0.1:1"),
        ("http://guest:hush-hush@127.0.0.1:1/%2f", "must look like amqp://"),
        ("amqp://guest:hush-hush@127.0.0.1:port/%2f", "must look like amqp://"),
    ] {
        let line = checked(url, "hush-hush");
        assert!(line.contains(told) && line.starts_with("WRONG"), "{url}: {line}");
    }
}

#[test]
fn a_broker_that_answers_is_told_and_so_is_one_that_lets_nobody_in() {
    let Some(url) = testkit::broker() else { return };
    let line = checked(&url, "guest:guest");
    assert_eq!(line, "ok    events: are carried by RabbitMQ, which answers");
    let line = checked(&url.replace("guest@", "hush-hush@"), "hush-hush");
    assert!(line.starts_with("WRONG") && line.contains("ACCESS_REFUSED"), "{line}");
    let line = checked(&url.replace("%2f", "elsewhere"), "guest:guest");
    assert!(line.starts_with("WRONG") && line.contains("virtual host `elsewhere`"), "{line}");
}

#[test]
fn a_database_that_says_nothing_is_told_and_keeps_nothing_else_from_being_told() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a socket");
    let port = silent.local_addr().expect("an address").port();
    let mut doctor = Command::new(env!("CARGO_BIN_EXE_tipple"))
        .arg("doctor")
        .env("DATABASE_URL", format!("postgres://postgres@127.0.0.1:{port}/tipple"))
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let begun = std::time::Instant::now();
    while doctor.try_wait().expect("a child").is_none() {
        if begun.elapsed() > std::time::Duration::from_mins(3) {
            doctor.kill().expect("it runs");
            panic!("it does not end");
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let told = doctor.wait_with_output().expect("what it said");
    let told = String::from_utf8_lossy(&told.stdout);
    assert!(told.contains("WRONG database: "), "{told}");
    assert!(told.contains("says nothing"), "{told}");
    assert!(told.contains(" disk: "), "{told}");
}
