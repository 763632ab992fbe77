//! Letters with codes. What such a letter says and to whom it goes is asked for at the moment in which
//! it leaves, and forgotten with it. Nothing of how it fared tells whether there was anybody to tell:
//! its errors name no address, and a letter that nobody gets looks like one that was sent.

use accounts_api::{CodeRefusal, FlowId, Letter as Asked, LetterChannel, Purpose, Says};
use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use minijinja::context;
use wire::CallError;

use crate::{
    App,
    config::Channel,
    db::Claimed,
    language::Language,
    letter::{self, Letter, Marked, line},
    schedule,
    sender::{self, Outgoing},
    smtp::{self, Outcome},
};

/// One attempt to send what this flow's person is to be told now.
pub async fn attempt(app: &App, message: &Claimed, flow: FlowId, channel: Channel) -> Outcome {
    let purpose = Purpose::named(&message.kind);
    let late = |purpose| schedule::is_too_late(purpose, message.created_at(), app.clock.now());
    if purpose.is_none_or(late) {
        return Outcome::Refused("it was too late to send it".into());
    }
    if purpose == Some(Purpose::ConfirmPhone) && !channel.takes_sms() {
        return no_sms();
    }
    match app.accounts.code(flow).await {
        Ok(asked) if asked.channel == LetterChannel::Sms && !channel.takes_sms() => no_sms(),
        Ok(asked) if asked.expires_at > app.clock.now() => send(app, message, channel, asked).await,
        Ok(_) | Err(CallError::Refused(CodeRefusal::NothingToSend)) => quiet(app, channel).await,
        Err(CallError::Unavailable(_)) => Outcome::NotSent("accounts does not answer".into()),
    }
}

fn no_sms() -> Outcome {
    Outcome::Refused("none of notifications.channels can send a text message".into())
}

/// Nobody is told anything, and the message fares as if somebody were.
async fn quiet(app: &App, channel: Channel) -> Outcome {
    match channel {
        Channel::Smtp => anonymous(smtp::reach(&app.config.smtp).await),
        Channel::Dry | Channel::Folder => Outcome::Sent,
    }
}

async fn send(app: &App, message: &Claimed, channel: Channel, asked: Asked) -> Outcome {
    let Ok(worded) = word(&asked, app.clock.now()) else {
        return Outcome::Refused("it could not be worded".into());
    };
    let sms = asked.channel == LetterChannel::Sms;
    let outgoing = Outgoing { id: message.id, to: &asked.to, sms, letter: &worded };
    anonymous(sender::deliver(app, channel, &outgoing).await)
}

/// What a server said may name whom the letter was for.
fn anonymous(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Sent => Outcome::Sent,
        Outcome::NotSent(_) => Outcome::NotSent("it was not taken, and may be another time".into()),
        Outcome::Refused(_) => Outcome::Refused("it was not taken".into()),
        Outcome::Unknown(_) => Outcome::Unknown("nobody knows whether it was taken".into()),
    }
}

/// Words the letter as it is at `now`.
fn word(asked: &Asked, now: Timestamp) -> anyhow::Result<Letter> {
    let (code, link) = (asked.code.as_deref(), asked.link.as_deref());
    let name = line(&asked.given_name, 100);
    let name = if name.is_empty() { name } else { format!(" {name}") };
    let holds = holds(asked.expires_at.duration_since(now));
    let facts = match &asked.says {
        Says::Invitation { by, role } => {
            let link = link.context("an invitation without a link")?;
            context! { name, link, holds, by => line(by, 100), role => line(role, 150) }
        }
        Says::NewFactor { factor } => context! { name, factor => line(factor, 100) },
        Says::EmailChanged | Says::PasswordChanged | Says::SessionEnded => context! { name },
        Says::AccountExists => context! { name, link, holds },
        Says::ConfirmPhone => context! { holds, code => code.context("no code")? },
        Says::SignUp | Says::VerifyEmail | Says::ChangeEmail | Says::ResetPassword => {
            let (code, link) = (code.context("no code")?, link.context("no link")?);
            context! { name, code, link, holds }
        }
    };
    let (name, text) = template(&asked.says);
    letter::word_as((name, text, Language::English), facts, Marked { code, link })
}

const fn template(says: &Says) -> (&'static str, &'static str) {
    match says {
        Says::SignUp => ("sign_up", include_str!("../templates/codes/sign_up.txt")),
        Says::AccountExists => {
            ("account_exists", include_str!("../templates/codes/account_exists.txt"))
        }
        Says::VerifyEmail => ("verify_email", include_str!("../templates/codes/verify_email.txt")),
        Says::ChangeEmail => ("change_email", include_str!("../templates/codes/change_email.txt")),
        Says::EmailChanged => {
            ("email_changed", include_str!("../templates/codes/email_changed.txt"))
        }
        Says::ResetPassword => {
            ("reset_password", include_str!("../templates/codes/reset_password.txt"))
        }
        Says::ConfirmPhone => {
            ("confirm_phone", include_str!("../templates/codes/confirm_phone.txt"))
        }
        Says::Invitation { .. } => {
            ("invitation", include_str!("../templates/codes/invitation.txt"))
        }
        Says::NewFactor { .. } => ("new_factor", include_str!("../templates/codes/new_factor.txt")),
        Says::PasswordChanged => {
            ("password_changed", include_str!("../templates/codes/password_changed.txt"))
        }
        Says::SessionEnded => {
            ("session_ended", include_str!("../templates/codes/session_ended.txt"))
        }
    }
}

/// A span for people, rounded down: `30 minutes`, `24 hours`, `7 days`.
fn holds(span: SignedDuration) -> String {
    let (count, unit) = match span.as_mins().max(1) {
        minutes @ ..120 => (minutes, "minute"),
        minutes @ 120..4320 => (minutes / 60, "hour"),
        minutes => (minutes / 1440, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(says: Says) -> Asked {
        Asked {
            to: "ann@example.com".into(),
            channel: LetterChannel::Email,
            language: "en-US".into(),
            given_name: "Ann\r\nBcc: eve@example.com".into(),
            says,
            code: Some("K7Q2-9FXA".into()),
            link: Some("https://shop.example/confirm?flow=1&secret=2".into()),
            expires_at: Timestamp::UNIX_EPOCH + SignedDuration::from_mins(30),
        }
    }

    #[test]
    fn every_letter_can_be_worded_and_marks_what_is_to_be_used() {
        let (by, role) = ("<b>Bob</b>".to_owned(), "manager of Hops & Co".to_owned());
        for says in [
            Says::SignUp,
            Says::AccountExists,
            Says::VerifyEmail,
            Says::ChangeEmail,
            Says::EmailChanged,
            Says::ResetPassword,
            Says::ConfirmPhone,
            Says::Invitation { by, role },
            Says::NewFactor { factor: "a passkey".into() },
            Says::PasswordChanged,
        ] {
            let read_only =
                matches!(says, Says::EmailChanged | Says::NewFactor { .. } | Says::PasswordChanged);
            let sms = says == Says::ConfirmPhone;
            let invited = matches!(says, Says::Invitation { .. });
            let letter = word(&asked(says), Timestamp::UNIX_EPOCH).unwrap();
            assert!(!letter.subject.contains('\n') && !letter.text.contains("{{"));
            assert_eq!(letter.text.contains("30 minutes"), !read_only, "{}", letter.text);
            assert_eq!(letter.html.contains("<a href"), !read_only && !sms, "{}", letter.html);
            assert_eq!(letter.text.contains("Ann Bcc: eve@example.com,"), !sms, "one line");
            assert!(!letter.html.contains("<b>"), "{}", letter.html);
            assert_eq!(letter.subject.contains("<b>Bob</b>"), invited);
        }
    }

    #[test]
    fn spans_are_for_people() {
        let of = |minutes| holds(SignedDuration::from_mins(minutes));
        assert_eq!([of(0), of(30), of(119)], ["1 minute", "30 minutes", "119 minutes"]);
        assert_eq!([of(120), of(1440), of(10_080)], ["2 hours", "24 hours", "7 days"]);
    }
}
