//! The rules of the house that a compiler does not know, from cargo's metadata and the sources.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use kernel::RoleKind;
use serde_json::Value;
use wire::access::{Rule, Who};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// Where a crate of ours lives, and which of ours it depends on (not counting tests).
struct Ours {
    folder: String,
    needs: BTreeSet<String>,
}

fn ours() -> BTreeMap<String, Ours> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo metadata");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let names: BTreeSet<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    let of_ours = |package: &Value| Ours {
        folder: Path::new(package["manifest_path"].as_str().expect("a path"))
            .parent()
            .and_then(|folder| folder.strip_prefix(root()).ok())
            .map(|folder| folder.display().to_string())
            .expect("a folder of the workspace"),
        needs: package["dependencies"]
            .as_array()
            .expect("dependencies")
            .iter()
            .filter(|dependency| dependency["kind"].is_null())
            .filter_map(|dependency| dependency["name"].as_str())
            .filter(|name| names.contains(name))
            .map(str::to_owned)
            .collect(),
    };
    packages
        .iter()
        .map(|package| (package["name"].as_str().expect("a name").to_owned(), of_ours(package)))
        .collect()
}

fn is_api(folder: &str) -> bool {
    folder.starts_with("services/") && folder.ends_with("/api")
}

fn is_service(folder: &str) -> bool {
    folder.starts_with("services/") && !is_api(folder)
}

#[test]
fn every_crate_depends_only_on_what_it_may_know() {
    let ours = ours();
    assert!(ours.len() > 20, "the workspace was read");
    for (name, own) in &ours {
        for needed in &own.needs {
            let folder = &ours[needed].folder;
            let allowed = if name == "kernel" {
                false
            } else if own.folder.starts_with("crates/") {
                folder.starts_with("crates/")
            } else if is_api(&own.folder) {
                needed == "kernel" || needed == "wire" || is_api(folder)
            } else if is_service(&own.folder) {
                !is_service(folder) && needed != "testkit" && needed != "tipple"
            } else {
                needed != "testkit"
            };
            assert!(allowed, "{name} ({}) may not depend on {needed} ({folder})", own.folder);
        }
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["crates", "services", "tipple"] {
        sources(&root().join(folder), &mut found);
    }
    found
}

/// Whom each service makes a client for: `context.client("catalogue")`.
fn calls() -> BTreeMap<String, BTreeSet<String>> {
    let mut calls = BTreeMap::new();
    for part in tipple::PARTS {
        let mut files = Vec::new();
        sources(&root().join("services").join(part.name).join("src"), &mut files);
        let called: BTreeSet<String> = files
            .iter()
            .filter_map(|file| fs::read_to_string(file).ok())
            .flat_map(|text| {
                let pieces: Vec<String> =
                    text.split(".client(\"").skip(1).map(str::to_owned).collect();
                pieces
            })
            .filter_map(|rest| rest.split('"').next().map(str::to_owned))
            .collect();
        calls.insert(part.name.to_owned(), called);
    }
    calls
}

#[test]
fn calls_between_services_form_no_circle() {
    let mut left = calls();
    while !left.is_empty() {
        let free: Vec<String> = left
            .iter()
            .filter(|(_, called)| called.iter().all(|name| !left.contains_key(name)))
            .map(|(name, _)| name.clone())
            .collect();
        assert!(!free.is_empty(), "these call each other in a circle: {left:?}");
        for name in free {
            left.remove(&name);
        }
    }
}

#[test]
fn the_list_of_calls_is_up_to_date() {
    let mut text = String::from(
        "# Who calls whom over HTTP (->) and who follows whose events (<~). Written by the test\n\
         # tipple/tests/boundaries.rs when TIPPLE_WRITE=1; the gateway passes on to every service.\n",
    );
    for (name, called) in calls() {
        for other in called {
            writeln!(text, "{name} -> {other}").expect("a line");
        }
    }
    for part in tipple::PARTS {
        for kind in part.follows {
            writeln!(text, "{} <~ {kind}", part.name).expect("a line");
        }
    }
    same_as_file(&root().join("docs/calls.txt"), &text);
}

#[test]
fn the_openapi_documents_are_up_to_date() {
    let merged = gateway::merge(tipple::documents());
    let merged = serde_json::to_string_pretty(&merged).expect("JSON");
    same_as_file(&root().join("openapi/tipple.json"), &format!("{merged}\n"));
    for (name, document) in tipple::documents() {
        let json = document.to_pretty_json().expect("JSON");
        same_as_file(&root().join(format!("openapi/{name}.json")), &format!("{json}\n"));
    }
}

/// A client made from the documents has to find every type that they name.
#[test]
fn references_within_the_openapi_documents_lead_somewhere() {
    let mut documents: Vec<_> = tipple::documents()
        .into_iter()
        .map(|(name, document)| (name, serde_json::to_value(document).expect("JSON")))
        .collect();
    let merged = serde_json::to_value(gateway::merge(tipple::documents())).expect("JSON");
    documents.push(("tipple", merged));
    for (name, document) in documents {
        let references = references(&document);
        assert!(!references.is_empty(), "{name} names no type");
        for reference in references {
            let pointer = reference.strip_prefix('#').expect("one within the document");
            assert!(document.pointer(pointer).is_some(), "{name}: {reference} leads nowhere");
        }
    }
}

fn references(json: &serde_json::Value) -> Vec<&str> {
    match json {
        serde_json::Value::Object(fields) => {
            let own = fields.get("$ref").and_then(|reference| reference.as_str());
            own.into_iter().chain(fields.values().flat_map(references)).collect()
        }
        serde_json::Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

const ABOUT_ACCESS: &str = "\
# Who may call what

Written by the test tipple/tests/boundaries.rs when TIPPLE_WRITE=1, from the tables
`services/<service>/src/access.rs` by which every service opens and shuts its doors. An operation
without a line in its table does not start.

A **role** is what a person is; one person may have several, and reaches by all of them. A role that
has nothing in an operation's line is refused with 403, nobody at all with 401. What is in the line
says which **rows** the role reaches: *own* what is the asker's, *store* what belongs to the stores
that the role is for, *all* everything. A row out of reach and one that does not exist look the same:
404, or not in the list. The last column says what a row is there and whose it is.

Of the operations for *anyone* some show more to those whose role is in the line. What is for
whoever is *signed in* is for people in any role. Some ask for another proof than a token.

A **machine** acts in roles too, and may do no more in them than its **scopes** say: it needs the
scope in the line. Where there is none it is asked for no token, or is not let in at all (*signed
in*).
";

#[test]
fn the_table_of_access_is_up_to_date() {
    let mut text = ABOUT_ACCESS.to_owned();
    for part in tipple::PARTS {
        writeln!(text, "\n## {}\n", part.name).expect("a line");
        let roles = RoleKind::ALL.map(RoleKind::name).join(" | ");
        writeln!(text, "| operation | call | open to | {roles} | scope | rows |").expect("a line");
        writeln!(text, "|{}", " --- |".repeat(RoleKind::ALL.len() + 5)).expect("a line");
        for operation in host::operations(&(part.open_api)()) {
            let rule = part.access.iter().find(|rule| rule.operation == operation.id);
            let rule = rule.unwrap_or_else(|| panic!("nobody said who may call {operation:?}"));
            let call = format!("`{} {}`", operation.method, operation.path);
            let scope = host::scope(part.name, rule, &operation.method).unwrap_or_default();
            let cells = [operation.id.clone(), call, open_to(rule).to_owned()]
                .into_iter()
                .chain(RoleKind::ALL.map(|kind| rows_of(rule, kind)))
                .chain([scope, rule.rows.to_owned()]);
            let cells: Vec<String> = cells.collect();
            writeln!(text, "| {} |", cells.join(" | ")).expect("a line");
        }
    }
    same_as_file(&root().join("docs/access.md"), &text);
}

fn open_to(rule: &Rule) -> &'static str {
    match rule.who {
        Who::Anyone(_) => "anyone",
        Who::SignedIn => "whoever is signed in",
        Who::Proof(how) => how,
        Who::Roles(_) => "",
    }
}

fn rows_of(rule: &Rule, kind: RoleKind) -> String {
    let rows = rule.grants().filter(|grant| grant.kind == kind).map(|grant| grant.rows.name());
    rows.collect::<Vec<_>>().join(", ")
}

fn same_as_file(file: &Path, expected: &str) {
    if std::env::var_os("TIPPLE_WRITE").is_some() {
        fs::write(file, expected).expect("write");
    }
    let found = fs::read_to_string(file).unwrap_or_default();
    assert!(
        found == expected,
        "{} is not up to date: run TIPPLE_WRITE=1 cargo test -p tipple --test boundaries",
        file.display()
    );
}

#[test]
fn statements_stand_in_db_files_only() {
    for file in all_sources() {
        let path = file.strip_prefix(root()).expect("of the workspace").display().to_string();
        let in_service = path.starts_with("services/") && path.contains("/src/");
        let in_db = path.contains("/src/db.rs") || path.contains("/src/db/");
        if in_service && !in_db {
            let text = fs::read_to_string(&file).expect("a source");
            for call in ["sqlx::query(", "sqlx::query_as", "sqlx::query_scalar"] {
                assert!(!text.contains(call), "{path} has SQL outside of db");
            }
        }
    }
}

const ABOUT_LAGGING: &str = "\
# What may be read from a replica that lags: the statements that take `&Lagging`, by service. People are
# shown it, and nothing is decided by it. Written by the test tipple/tests/boundaries.rs when TIPPLE_WRITE=1.
";

/// The functions of a file that take what may lag, and what each does.
fn lagging(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("pub async fn ").skip(1).filter_map(|rest| {
        let (signature, body) = rest.split_once(" {\n")?;
        let (body, _) = body.split_once("\n}\n")?;
        let (name, _) = signature.split_once('(')?;
        signature.contains("&Lagging").then_some((name, body))
    })
}

/// What is asked of a replica is asked where a request is answered, and changes and locks nothing.
#[test]
fn what_may_lag_is_listed_and_nothing_is_decided_by_it() {
    let mut text = ABOUT_LAGGING.to_owned();
    let mut files = all_sources();
    files.sort();
    for file in files {
        let path = file.strip_prefix(root()).expect("of the workspace").display().to_string();
        let Some((service, place)) =
            path.strip_prefix("services/").and_then(|path| path.split_once("/src/"))
        else {
            continue;
        };
        let source = fs::read_to_string(&file).expect("a source");
        let asks = source.contains(".lagging()");
        assert!(!asks || place.starts_with("routes/"), "{path} reads what may lag");
        for (name, body) in lagging(&source) {
            let body = body.to_lowercase();
            for word in ["insert into", "update ", "delete from", "for share", "lock", "append("] {
                assert!(!body.contains(word), "{path}: {name} does more than to read: {word}");
            }
            let table = place.trim_start_matches("db/").trim_end_matches(".rs");
            if place.starts_with("db") {
                writeln!(text, "{service}: {table}::{name}").expect("a line");
            }
        }
    }
    same_as_file(&root().join("docs/lagging.txt"), &text);
}

#[test]
fn no_file_is_a_drawer_for_everything_and_none_is_a_monster() {
    for file in all_sources() {
        let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let vague = ["util", "utils", "common", "helper", "helpers", "misc", "manager"];
        assert!(!vague.contains(&stem), "{} says nothing", file.display());
        let lines = fs::read_to_string(&file).expect("a source").lines().count();
        assert!(lines <= 700, "{} has {lines} lines", file.display());
    }
}
