//! One e-mail over SMTP, step by step: whether it may be tried again depends on the step at which
//! it failed, and the usual transports do not tell it.

use std::time::Duration;

use anyhow::Context;
use lettre::{
    Address, Message,
    message::{Mailbox, MultiPart},
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};
use secrecy::ExposeSecret;
use tokio::time::timeout;

use crate::{
    config::{Smtp, Tls},
    sender::Outgoing,
};

/// The most seconds that the settings may give a server.
pub const MOST_PATIENCE: u64 = 120;

/// How sending ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server has it.
    Sent,
    /// The server surely does not have it, and may take it another time.
    NotSent(String),
    /// The server surely does not have it, and never will take it.
    Refused(String),
    /// It went over the line, and no answer came back.
    Unknown(String),
}

/// Sends one message. It takes twice the patience of the settings at most.
pub async fn send(smtp: &Smtp, message: &Outgoing<'_>) -> Outcome {
    let patience = Duration::from_secs(smtp.timeout_seconds.clamp(1, MOST_PATIENCE));
    let (from, to, mail) = match mail(&smtp.from, message) {
        Ok(mail) => mail,
        Err(error) => return Outcome::Refused(format!("{error:#}")),
    };
    let mut connection = match timeout(patience, prepare(smtp, from, to)).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(outcome)) => return outcome,
        Err(_) => return Outcome::NotSent("the server does not answer".into()),
    };
    // From here on the server may take it even if we never hear of it.
    let outcome = match timeout(patience, connection.message(&mail)).await {
        Ok(Ok(_)) => Outcome::Sent,
        Ok(Err(error)) if error.is_transient() => Outcome::NotSent(told(&error)),
        Ok(Err(error)) if error.is_permanent() => Outcome::Refused(told(&error)),
        Ok(Err(error)) => Outcome::Unknown(told(&error)),
        Err(_) => Outcome::Unknown("the server got it and did not answer".into()),
    };
    if outcome == Outcome::Sent {
        let _ = timeout(Duration::from_secs(1), connection.quit()).await;
    }
    outcome
}

/// All that [`send`] does before it names a recipient, and nothing is sent.
pub async fn reach(smtp: &Smtp) -> Outcome {
    let patience = Duration::from_secs(smtp.timeout_seconds.clamp(1, MOST_PATIENCE));
    let Ok(from) = smtp.from.parse::<Mailbox>() else {
        return Outcome::Refused("notifications.smtp.from is no address".into());
    };
    match timeout(patience, greet(smtp, from.email)).await {
        Ok(Ok(mut connection)) => {
            let _ = timeout(Duration::from_secs(1), connection.quit()).await;
            Outcome::Sent
        }
        Ok(Err(error)) => Outcome::NotSent(told(&error)),
        Err(_) => Outcome::NotSent("the server does not answer".into()),
    }
}

/// All up to the moment at which the server waits for the message.
async fn prepare(smtp: &Smtp, from: Address, to: Address) -> Result<AsyncSmtpConnection, Outcome> {
    // A server that wants nothing of us, a wrong password say, has not refused this message: it
    // goes out when the settings are right.
    let greeted = greet(smtp, from).await;
    let mut connection = greeted.map_err(|error| Outcome::NotSent(told(&error)))?;
    let asked = async {
        connection.command(Rcpt::new(to, vec![])).await?;
        connection.command(Data).await
    };
    match asked.await {
        Ok(_) => Ok(connection),
        Err(error) if error.is_permanent() => Err(Outcome::Refused(told(&error))),
        Err(error) => Err(Outcome::NotSent(told(&error))),
    }
}

/// All that has nothing to do with the recipient.
async fn greet(smtp: &Smtp, from: Address) -> Result<AsyncSmtpConnection, Error> {
    let (hello, server) = (ClientId::default(), (smtp.host.as_str(), smtp.port));
    let tls = match smtp.tls {
        Tls::None => None,
        Tls::Starttls | Tls::Implicit => Some(TlsParameters::new(smtp.host.clone())?),
    };
    let at_once = if smtp.tls == Tls::Implicit { tls.clone() } else { None };
    let mut connection =
        AsyncSmtpConnection::connect_tokio1(server, None, &hello, at_once, None).await?;
    if let (Tls::Starttls, Some(tls)) = (smtp.tls, tls) {
        connection.starttls(tls, &hello).await?;
    }
    if !smtp.user.is_empty() {
        let password = smtp.password.expose_secret().to_owned();
        let credentials = Credentials::new(smtp.user.clone(), password);
        connection.auth(DEFAULT_MECHANISMS, &credentials).await?;
    }
    connection.command(Mail::new(Some(from), vec![])).await?;
    Ok(connection)
}

/// The whole message as it goes over the line. Addresses are parsed and headers encoded, so that
/// no name or subject can add a header.
pub fn mail(from: &str, message: &Outgoing<'_>) -> anyhow::Result<(Address, Address, Vec<u8>)> {
    let from: Mailbox = from.parse().context("notifications.smtp.from")?;
    let to: Address = message.to.parse().context("the recipient's address")?;
    let (letter, domain) = (message.letter, from.email.domain().to_owned());
    let mail = Message::builder()
        .from(from.clone())
        .to(to.clone().into())
        .subject(crate::letter::line(&letter.subject, 200))
        // The same at every attempt, so that a mailbox may notice a repeat.
        .message_id(Some(format!("<{}@{domain}>", message.id)))
        .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
        .context("put the message together")?;
    Ok((from.email, to, mail.formatted()))
}

fn told(error: &Error) -> String {
    let source = std::error::Error::source(error);
    source.map_or(error.to_string(), |source| format!("{error}: {source}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_person_wrote_becomes_a_header() {
        let from = "Tipple <orders@shop.example>";
        let letter = crate::letter::Letter {
            subject: "Order\r\nBcc: eve@example.com\r\n\r\nBody".into(),
            text: "Hello\r\n.\r\nMAIL FROM:<eve@example.com>\r\n".into(),
            html: "<p>Hello</p>".into(),
        };
        let id = notifications_api::MessageId::new().uuid();
        let to = |to| Outgoing { id, to, sms: false, letter: &letter };
        let (_, _, whole) = mail(from, &to("ann@example.com")).unwrap();
        let whole = String::from_utf8(whole).unwrap();
        let (head, _) = whole.split_once("\r\n\r\n").unwrap();
        assert!(!head.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{head}");
        assert!(head.contains("Subject: Order Bcc: eve@example.com Body"), "{head}");
        assert!(mail(from, &to("ann@example.com\r\nRCPT TO:<eve@example.com>")).is_err());
    }
}
