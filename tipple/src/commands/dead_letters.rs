use std::{path::Path, process::ExitCode};

use feed::{Carrier, DeadLetter};

use super::house;

/// How many are listed at most.
const SHOWN: usize = 100;

#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub struct Arguments {
    /// The number of the event to show with all that it says.
    #[arg(long, value_name = "N")]
    look: Option<i64>,
    /// The number of the event to handle again.
    #[arg(long, value_name = "N")]
    replay: Option<i64>,
    /// List those that follow the event of this number.
    #[arg(long, value_name = "N", default_value_t = 0)]
    after: i64,
}

/// Lists what could not be handled, shows one event, or puts one back into its queue.
pub async fn run(config: Option<&Path>, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let carrier = house(config)?.carrier().await?;
    let Some(seq) = arguments.look.or(arguments.replay) else {
        return list(&carrier, arguments.after).await;
    };
    let Some(letter) = carrier.dead_letter(seq).await? else {
        eprintln!("There is no dead letter {seq}.");
        return Ok(ExitCode::FAILURE);
    };
    if arguments.look.is_some() {
        show(&letter);
        println!("{}", serde_json::to_string_pretty(&letter.body)?);
    } else if letter.is_unreadable() {
        eprintln!("Dead letter {seq} is no event that could be handled: --look {seq} shows it.");
        return Ok(ExitCode::FAILURE);
    } else if carrier.replay(seq).await? {
        println!("Event {seq} is back in its queue.");
    } else {
        eprintln!("Somebody else has put {seq} back.");
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(carrier: &Carrier, after: i64) -> anyhow::Result<ExitCode> {
    let letters = carrier.dead_letters(None, after, SHOWN as i64 + 1).await?;
    letters.iter().take(SHOWN).for_each(show);
    if letters.is_empty() {
        println!("No dead letters.");
    } else if letters.len() > SHOWN {
        println!("There are more: --after {}", letters[SHOWN - 1].seq);
    }
    Ok(ExitCode::SUCCESS)
}

fn show(letter: &DeadLetter) {
    let DeadLetter { seq, queue, kind, subject, attempts, error, dead_at, .. } = letter;
    println!("{seq}  {dead_at}  {queue} {kind} {subject}  after {attempts} attempts: {error}");
}
