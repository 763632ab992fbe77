use std::{
    io::{BufRead as _, Write as _},
    path::Path,
    process::ExitCode,
};

use anyhow::Context as _;

use super::house;

/// Who is to run the platform.
#[derive(clap::Args)]
pub struct Arguments {
    /// The e-mail address to sign in with.
    email: String,
    /// For a new account.
    #[arg(long, default_value = "The")]
    given_name: String,
    /// For a new account.
    #[arg(long, default_value = "Operator")]
    family_name: String,
}

/// Makes an operator: of the account with this e-mail address, or of a new one, whose password is
/// the first line of standard input, for everyone on the machine can read arguments.
pub async fn run(config: Option<&Path>, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let house = house(config)?;
    let Arguments { email, given_name, family_name } = arguments;
    eprint!("Password, if the account is new: ");
    std::io::stderr().flush()?;
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password).context("read the password")?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    if house.settings.database.migrate_on_start {
        house.migrate(|_| ()).await?;
    }
    let accounts = house.database("accounts").await?;
    let settings: accounts::Config = house.settings.section("accounts")?;
    let new = accounts::NewOperator { email, password, given_name, family_name };
    let person = accounts::make_operator(&accounts, &house.clock, &settings, &new).await?;
    println!("{} ({person}) runs the platform from the next sign-in on.", new.email);
    Ok(ExitCode::SUCCESS)
}
