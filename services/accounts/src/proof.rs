//! That whoever holds an access token is still its person: asked before what would take the account
//! away from them.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use wire::{Fault, Problem, Refusal, Signed, StatusCode};

use crate::{
    App,
    db::{self, PersonRow},
    throttle,
};

/// How long after signing in someone without a password need not do so again.
pub const FRESH: SignedDuration = SignedDuration::from_mins(15);

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum ProofRefused {
    /// The password is not the account's.
    WrongPassword,
    /// The account has no password, and its person signed in too long ago.
    SignInAgain,
}

impl Refusal for ProofRefused {
    fn status(&self) -> StatusCode {
        StatusCode::FORBIDDEN
    }
    fn detail(&self) -> String {
        match self {
            Self::WrongPassword => "That is not the password of this account.",
            Self::SignInAgain => "Sign in again, and do this within 15 minutes.",
        }
        .into()
    }
    fn field(&self) -> Option<String> {
        matches!(self, Self::WrongPassword).then(|| "password".into())
    }
}

/// The asker's row, where they show their password again, or have none and signed in just now.
pub async fn of_asker(
    app: &App,
    asker: &Signed,
    password: Option<String>,
) -> Result<PersonRow, Fault<ProofRefused>> {
    let row = db::person(&app.db, asker.person).await?;
    let row = row.ok_or_else(crate::routes::gone)?;
    let Some(hash) = row.password_hash.clone() else {
        let open = db::session::open(&app.db, asker.person, app.clock.now()).await?;
        let fresh = open.iter().any(|session| {
            session.id == asker.pass.session
                && app.clock.now().duration_since(session.created_at()) <= FRESH
        });
        return if fresh { Ok(row) } else { Err(ProofRefused::SignInAgain.into()) };
    };
    let charge = throttle::try_own(app, "password", asker.person).await?;
    let same = app.passwords.verify(Some(hash), password.unwrap_or_default()).await?;
    match same {
        None => {
            charge.give_back(app).await?;
            Err(Problem::unavailable("accounts").into())
        }
        Some(false) => Err(ProofRefused::WrongPassword.into()),
        Some(true) => {
            charge.give_back(app).await?;
            Ok(row)
        }
    }
}
