//! A small SMTP server that behaves as a test tells it to.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream, tcp::OwnedWriteHalf},
};

/// What it does with the next message; `Take` when nothing is left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Take,
    /// 451 to the recipient: try again.
    Busy,
    /// 550 to the recipient: never.
    NoSuchMailbox,
    /// 530 to the sender: sign in first.
    Stranger,
    /// Says nothing, from the start.
    Hang,
    /// Takes the message and says nothing.
    HangAfterData,
}

#[derive(Clone, Default)]
pub struct PostOffice {
    pub port: u16,
    moods: Arc<Mutex<Vec<Mood>>>,
    mails: Arc<Mutex<Vec<String>>>,
    calls: Arc<Mutex<usize>>,
}

impl PostOffice {
    /// Opens with these moods, first to last.
    pub async fn open(moods: &[Mood]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let office =
            Self { port: listener.local_addr().expect("an address").port(), ..Self::default() };
        *office.moods.lock().expect("nobody panics") = moods.to_vec();
        let open = office.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let office = open.clone();
                tokio::spawn(async move { office.serve(socket).await });
            }
        });
        office
    }

    /// The messages that came over the line whole, taken or not.
    pub fn mails(&self) -> Vec<String> {
        self.mails.lock().expect("nobody panics").clone()
    }

    pub fn calls(&self) -> usize {
        *self.calls.lock().expect("nobody panics")
    }

    pub fn settings(&self) -> String {
        format!(
            "[notifications]\nchannels = [\"smtp\"]\n[notifications.smtp]\nhost = \"127.0.0.1\"\n\
             port = {}\ntls = \"none\"\nfrom = \"Tipple <orders@shop.example>\"\n\
             timeout_seconds = 1",
            self.port
        )
    }

    async fn serve(&self, socket: TcpStream) -> Option<()> {
        *self.calls.lock().expect("nobody panics") += 1;
        let mood = {
            let mut moods = self.moods.lock().expect("nobody panics");
            if moods.is_empty() { Mood::Take } else { moods.remove(0) }
        };
        let (reading, mut out) = socket.into_split();
        let mut lines = BufReader::new(reading).lines();
        if mood != Mood::Hang {
            say(&mut out, "220 post office").await?;
        }
        while let Some(line) = lines.next_line().await.ok()? {
            let word = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            let answer = match (word.as_str(), mood) {
                (_, Mood::Hang) => continue,
                ("RCPT", Mood::Busy) => "451 try again later",
                ("RCPT", Mood::NoSuchMailbox) => "550 no such mailbox",
                ("MAIL", Mood::Stranger) => "530 sign in first",
                ("DATA", _) => {
                    say(&mut out, "354 go on").await?;
                    let mut mail = String::new();
                    while let Some(line) = lines.next_line().await.ok()? {
                        if line == "." {
                            break;
                        }
                        mail.push_str(&line);
                        mail.push('\n');
                    }
                    self.mails.lock().expect("nobody panics").push(mail);
                    if mood == Mood::HangAfterData {
                        continue;
                    }
                    "250 taken"
                }
                ("QUIT", _) => "221 bye",
                _ => "250 fine",
            };
            say(&mut out, answer).await?;
        }
        Some(())
    }
}

async fn say(out: &mut OwnedWriteHalf, line: &str) -> Option<()> {
    out.write_all(format!("{line}\r\n").as_bytes()).await.ok()
}
