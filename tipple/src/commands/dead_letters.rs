use std::{path::Path, process::ExitCode};

use super::house;

/// How many are listed at most.
const SHOWN: i64 = 100;

/// Lists what could not be handled, or puts one event back into its queue.
pub async fn run(config: Option<&Path>, replay: Option<i64>) -> anyhow::Result<ExitCode> {
    let carrier = house(config)?.carrier().await?;
    if let Some(seq) = replay {
        if carrier.replay(seq).await? {
            println!("Event {seq} is back in its queue.");
            return Ok(ExitCode::SUCCESS);
        }
        eprintln!("There is no dead letter {seq}.");
        return Ok(ExitCode::FAILURE);
    }
    let letters = carrier.dead_letters(None, 0, SHOWN).await?;
    for letter in &letters {
        println!(
            "{}  {}  {} {} {}  after {} attempts: {}",
            letter.seq,
            letter.dead_at,
            letter.queue,
            letter.kind,
            letter.subject,
            letter.attempts,
            letter.error
        );
    }
    if letters.is_empty() {
        println!("No dead letters.");
    }
    Ok(ExitCode::SUCCESS)
}
