//! Bad input to every operation of the merged OpenAPI document is refused in one form, and never
//! breaks anything.

mod document;
mod nasty;
mod raw;
mod scene;
#[path = "../support/mod.rs"]
mod support;

use std::{path::Path, process::Command};

use raw::Raw;
use scene::Scene;
use serde_json::json;

const SEED: u32 = 20_260;
/// Requests that are made up for each operation: `TIPPLE_FUZZ_EXAMPLES` says how many (`make test-long`).
const EXAMPLES: &str = "10";

/// Schemathesis, driven by the document, against a real process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn generated_requests_are_answered_as_the_document_says() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = here.join("../.tools/python/bin/schemathesis");
    assert!(
        program.exists(),
        "Schemathesis is not installed here: run `make test`, which does it."
    );
    let scene = Scene::new().await;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("scene.json");
    let facts = json!({"people": scene.people, "ids": scene.ids, "seed": SEED});
    std::fs::write(&file, facts.to_string()).expect("the scene's file");
    let examples = std::env::var("TIPPLE_FUZZ_EXAMPLES").unwrap_or_else(|_| EXAMPLES.to_owned());
    let output = Command::new(program)
        .arg("--config-file")
        .arg(here.join("tests/fuzz/schemathesis.toml"))
        .args(["run", "--no-color", &format!("--seed={SEED}"), "--max-examples", &examples])
        .arg(format!("{}/openapi.json", scene.town.base(0)))
        .current_dir(&folder)
        .env("PYTHONPATH", here.join("tests/fuzz"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("TIPPLE_FUZZ_SCENE", &file)
        .output()
        .expect("schemathesis runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// What no generator thinks of: broken JSON, numbers beyond numbers, spoilt cursors, half
/// characters.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nasty_requests_are_refused_in_one_form() {
    let scene = Scene::new().await;
    let (sent, wrong) = Raw::new(&scene).await.run().await;
    assert!(
        wrong.is_empty(),
        "{} of {sent}:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(2000)].join("\n")
    );
    assert!(sent > 10_000, "only {sent} were sent");
}
