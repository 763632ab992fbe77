//! Letters with codes. What such a letter says and to whom it goes is asked for at the moment in which
//! it leaves, and forgotten with it. Nothing of how it fared tells whether there was anybody to tell:
//! its errors name no address, and a letter that nobody gets looks like one that was sent.

use accounts_api::{CodeRefusal, FlowId, Letter as Asked, LetterChannel, Purpose, Says};
use anyhow::Context as _;
use jiff::Timestamp;
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

/// Words the letter as it is at `now`, in its reader's language.
fn word(asked: &Asked, now: Timestamp) -> anyhow::Result<Letter> {
    let language = Language::of(&asked.language);
    let (code, link) = (asked.code.as_deref(), asked.link.as_deref());
    let name = line(&asked.given_name, 100);
    let name = if name.is_empty() { name } else { format!(" {name}") };
    let holds = language.span(asked.expires_at.duration_since(now));
    let facts = match &asked.says {
        Says::Invitation { by, role } => {
            let link = link.context("an invitation without a link")?;
            let role = line(language.role(role), 150);
            context! { name, link, holds, by => line(by, 100), role }
        }
        Says::NewFactor { factor } => {
            context! { name, factor => line(&language.factor(factor), 100) }
        }
        Says::EmailChanged | Says::PasswordChanged | Says::SessionEnded => context! { name },
        Says::AccountExists => context! { name, link, holds },
        Says::ConfirmPhone => context! { holds, code => code.context("no code")? },
        Says::SignUp | Says::VerifyEmail | Says::ChangeEmail | Says::ResetPassword => {
            let (code, link) = (code.context("no code")?, link.context("no link")?);
            context! { name, code, link, holds }
        }
    };
    let (name, english, hebrew) = templates(&asked.says);
    let text = match language {
        Language::English => english,
        Language::Hebrew => hebrew,
    };
    letter::word_as((name, text, language), facts, Marked { code, link })
}

/// A template by its name, in both languages.
macro_rules! template {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../templates/codes/", $name, ".txt")),
            include_str!(concat!("../templates/he/codes/", $name, ".txt")),
        )
    };
}

const fn templates(says: &Says) -> (&'static str, &'static str, &'static str) {
    match says {
        Says::SignUp => template!("sign_up"),
        Says::AccountExists => template!("account_exists"),
        Says::VerifyEmail => template!("verify_email"),
        Says::ChangeEmail => template!("change_email"),
        Says::EmailChanged => template!("email_changed"),
        Says::ResetPassword => template!("reset_password"),
        Says::ConfirmPhone => template!("confirm_phone"),
        Says::Invitation { .. } => template!("invitation"),
        Says::NewFactor { .. } => template!("new_factor"),
        Says::PasswordChanged => template!("password_changed"),
        Says::SessionEnded => template!("session_ended"),
    }
}

#[cfg(test)]
mod tests {
    use accounts_api::Factor;
    use jiff::SignedDuration;

    use super::*;

    fn asked(says: Says, language: &str) -> Asked {
        Asked {
            to: "ann@example.com".into(),
            channel: LetterChannel::Email,
            language: language.into(),
            given_name: "Ann\r\nBcc: eve@example.com".into(),
            says,
            code: Some("K7Q2-9FXA".into()),
            link: Some("https://shop.example/confirm?flow=1&secret=2".into()),
            expires_at: Timestamp::UNIX_EPOCH + SignedDuration::from_mins(30),
        }
    }

    fn all() -> [Says; 11] {
        let (by, role) = ("<b>Bob</b>".to_owned(), "manager".to_owned());
        [
            Says::SignUp,
            Says::AccountExists,
            Says::VerifyEmail,
            Says::ChangeEmail,
            Says::EmailChanged,
            Says::ResetPassword,
            Says::ConfirmPhone,
            Says::Invitation { by, role },
            Says::NewFactor { factor: Factor::Provider("Hops & Co".into()) },
            Says::PasswordChanged,
            Says::SessionEnded,
        ]
    }

    #[test]
    fn every_letter_can_be_worded_and_marks_what_is_to_be_used() {
        for (language, half_an_hour) in [("en-US", "30 minutes"), ("he-IL", "30 דקות")] {
            for says in all() {
                let read_only = matches!(
                    says,
                    Says::EmailChanged
                        | Says::NewFactor { .. }
                        | Says::PasswordChanged
                        | Says::SessionEnded
                );
                let sms = says == Says::ConfirmPhone;
                let invited = matches!(says, Says::Invitation { .. });
                let letter = word(&asked(says, language), Timestamp::UNIX_EPOCH).unwrap();
                assert!(!letter.subject.contains('\n') && !letter.text.contains("{{"));
                assert_eq!(letter.text.contains(half_an_hour), !read_only, "{}", letter.text);
                assert_eq!(letter.html.contains("<a href"), !read_only && !sms, "{}", letter.html);
                assert_eq!(letter.text.contains("Ann Bcc: eve@example.com,"), !sms, "one line");
                assert!(!letter.html.contains("<b>"), "{}", letter.html);
                assert_eq!(letter.subject.contains("<b>Bob</b>"), invited);
            }
        }
    }

    #[test]
    fn both_languages_show_the_same_to_use() {
        for says in all() {
            let of =
                |language| word(&asked(says.clone(), language), Timestamp::UNIX_EPOCH).unwrap();
            let (english, hebrew) = (of("en-US"), of("he"));
            assert!(english.html.contains(r#"lang="en" dir="ltr""#));
            assert!(hebrew.html.contains(r#"lang="he" dir="rtl""#));
            assert_ne!(english.subject, hebrew.subject);
            for shown in ["K7Q2-9FXA", "https://shop.example/confirm", "<b>Bob</b>", "Hops & Co"] {
                let both = [&english, &hebrew].map(|it| it.text.contains(shown));
                assert_eq!(both[0], both[1], "{says:?} {shown}");
            }
            // A paragraph of its own is what the HTML makes large, or a link.
            let alone = |letter: &Letter| {
                let paragraphs = letter.text.split("\n\n").map(str::trim);
                paragraphs.filter(|it| it.is_ascii() && !it.contains(' ')).count()
            };
            assert_eq!(alone(&english), alone(&hebrew), "{says:?}");
        }
    }

    #[test]
    fn roles_and_ways_to_sign_in_are_told_in_the_readers_words() {
        let of = |says, language| word(&asked(says, language), Timestamp::UNIX_EPOCH).unwrap().text;
        let invited = |role: &str| Says::Invitation { by: "Bob".into(), role: role.into() };
        assert!(of(invited("vendor owner"), "en").contains("as vendor owner."));
        assert!(of(invited("vendor owner"), "he").contains("בתפקיד בעל עסק."));
        assert!(of(invited("something new"), "he").contains("בתפקיד something new."));
        let factor = |factor| Says::NewFactor { factor };
        assert!(of(factor(Factor::Passkey), "en").contains("sign in: a passkey."));
        assert!(of(factor(Factor::Authenticator), "he").contains("להיכנס: אפליקציית אימות."));
        let google = || factor(Factor::Provider("Google".into()));
        assert!(of(google(), "en").contains("sign in: sign-in with Google."));
        assert!(of(google(), "he").contains("להיכנס: כניסה באמצעות Google."));
    }
}
