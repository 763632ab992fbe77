use std::{fs, path::Path, process::ExitCode};

use anyhow::Context as _;

/// Writes one document per service and the merged one to a folder, or the merged one to standard
/// output.
pub fn run(folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let merged = serde_json::to_string_pretty(&gateway::merge(crate::documents()))?;
    let Some(folder) = folder else {
        println!("{merged}");
        return Ok(ExitCode::SUCCESS);
    };
    fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    for (name, document) in crate::documents() {
        write(folder, name, &document.to_pretty_json()?)?;
    }
    write(folder, "tipple", &merged)?;
    Ok(ExitCode::SUCCESS)
}

fn write(folder: &Path, name: &str, json: &str) -> anyhow::Result<()> {
    let file = folder.join(format!("{name}.json"));
    fs::write(&file, format!("{json}\n")).with_context(|| format!("write {}", file.display()))
}
