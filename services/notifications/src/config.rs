use std::path::PathBuf;

use anyhow::ensure;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// `[notifications]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Ways in which each message goes out: `dry` keeps what it would have sent, `smtp` sends
    /// e-mail, `folder` writes files. A letter with a code goes out by one of them only.
    pub channels: Vec<Channel>,
    /// After so many failures a message is dead.
    pub most_attempts: u32,
    /// Messages that are sent side by side in one process.
    pub senders: usize,
    /// How long a message is kept when there is nothing left to do with it: longer than what it
    /// tells of is ever told again.
    pub messages_kept_days: i64,
    /// How long it is remembered whose an order is: money may go back late.
    pub orders_known_days: i64,
    pub smtp: Smtp,
    pub folder: Folder,
}

/// A way for messages to go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Dry,
    Smtp,
    Folder,
}

impl Channel {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dry => "dry",
            Self::Smtp => "smtp",
            Self::Folder => "folder",
        }
    }

    /// The channel that a column names.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Dry, Self::Smtp, Self::Folder].into_iter().find(|channel| channel.name() == name)
    }

    /// Whether it can bring a text message to a telephone, or to whoever plays one.
    pub const fn takes_sms(self) -> bool {
        matches!(self, Self::Dry | Self::Folder)
    }
}

/// `[notifications.smtp]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    /// `starttls`, `implicit` (TLS from the first byte) or `none` (a server on this machine).
    pub tls: Tls,
    /// No sign-in when empty.
    pub user: String,
    #[serde(skip_serializing)]
    pub password: SecretString,
    /// `Tipple <orders@shop.example>`
    pub from: String,
    /// Seconds that the server may take until it waits for the message, and again until it has it.
    pub timeout_seconds: u64,
}

/// `[notifications.folder]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Folder {
    /// Where e-mails are written as `.eml` and text messages as `.txt`, readable by nobody else.
    pub path: PathBuf,
    /// The newest so many files are kept.
    pub most_files: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    Starttls,
    Implicit,
    None,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            channels: vec![Channel::Dry],
            most_attempts: 8,
            senders: 4,
            messages_kept_days: 90,
            orders_known_days: 400,
            smtp: Smtp::default(),
            folder: Folder::default(),
        }
    }
}

impl Default for Folder {
    fn default() -> Self {
        Self { path: PathBuf::new(), most_files: 1000 }
    }
}

impl Default for Smtp {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 587,
            tls: Tls::Starttls,
            user: String::new(),
            password: SecretString::default(),
            from: String::new(),
            timeout_seconds: 30,
        }
    }
}

impl Config {
    /// Refuses settings with which no message could go out.
    pub fn check(&self) -> anyhow::Result<()> {
        ensure!(
            !self.channels.is_empty(),
            "notifications.channels must name `dry`, `smtp` or `folder`"
        );
        ensure!(
            self.messages_kept_days >= 30 && self.orders_known_days >= self.messages_kept_days,
            "notifications.messages_kept_days must be at least 30, and orders_known_days no less"
        );
        if self.channels.contains(&Channel::Folder) {
            let named = !self.folder.path.as_os_str().is_empty();
            ensure!(named, "set notifications.folder.path, or use the channel `dry`");
            ensure!(self.folder.most_files > 0, "notifications.folder.most_files must not be 0");
        }
        if self.channels.contains(&Channel::Smtp) {
            let smtp = &self.smtp;
            ensure!(!smtp.host.is_empty(), "set notifications.smtp.host, or use the channel `dry`");
            ensure!(
                smtp.from.parse::<lettre::message::Mailbox>().is_ok(),
                "notifications.smtp.from must look like `Tipple <orders@shop.example>`"
            );
        }
        Ok(())
    }

    /// The one channel by which a letter with a code goes out: each asking makes a new code, and a
    /// second copy would carry one that holds no more.
    pub fn code_channel(&self, sms: bool) -> Channel {
        let best = if sms {
            [Channel::Folder, Channel::Dry, Channel::Smtp]
        } else {
            [Channel::Smtp, Channel::Folder, Channel::Dry]
        };
        let has = |channel: &Channel| self.channels.contains(channel);
        best.into_iter().find(has).unwrap_or(Channel::Dry)
    }
}
