use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use accounts_api::{CodeWanted, FlowId, PersonErased, Purpose, Says};
use orders_api::Move;
use serde_json::Value;
use testkit::{Bench, customer};

use crate::{
    desk::{ANN, Desk},
    events::{moved, order},
};

/// A folder that is deleted in the end.
struct Mailbox(PathBuf);

impl Mailbox {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("tipple-mail-{}", FlowId::new())))
    }

    fn settings(&self, most_files: usize) -> String {
        format!(
            "[notifications]\nchannels = [\"folder\"]\n\
             [notifications.folder]\npath = {:?}\nmost_files = {most_files}",
            self.0.display().to_string()
        )
    }

    /// Name and text of each file, in order.
    fn files(&self) -> Vec<(String, String)> {
        let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
        let paths = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> =
            paths.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect();
        files.sort();
        files
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn all_sent(count: usize) -> impl Fn(&[Value]) -> bool {
    move |items| items.iter().filter(|item| item["state"] == "sent").count() == count
}

#[tokio::test]
async fn a_newcomer_reads_the_code_in_a_file() {
    let (mailbox, desk) = (Mailbox::new(), Desk::default());
    let built = Bench::of(super::PARTS).stand_in("accounts", desk.router());
    let bench = built.settings(&mailbox.settings(10)).start().await;
    for (purpose, says) in
        [(Purpose::SignUp, Says::SignUp), (Purpose::ConfirmPhone, Says::ConfirmPhone)]
    {
        let flow = FlowId::new();
        desk.expect(flow, says);
        bench.tell(&CodeWanted { flow, purpose }).await;
        let count = if purpose == Purpose::SignUp { 1 } else { 2 };
        super::messages(&bench, "it is written", all_sent(count)).await;
        bench.advance(1);
    }
    let files = mailbox.files();
    let (mail, sms) = (&files[0], &files[1]);
    assert!(mail.0.contains(".eml") && mail.0.starts_with("20260615T170000"), "{}", mail.0);
    assert!(mail.1.contains("C0DE-0001") && mail.1.contains(&format!("To: {ANN}")), "{}", mail.1);
    assert!(sms.0.contains(".txt"), "{}", sms.0);
    assert!(sms.1.starts_with("To: +15155550142\n\nC0DE-0002 is your code"), "{}", sms.1);
    for entry in fs::read_dir(&mailbox.0).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let folder = fs::metadata(&mailbox.0).unwrap().permissions().mode();
    assert_eq!(folder & 0o777, 0o700);
}

#[tokio::test]
async fn only_the_newest_files_are_kept_and_none_of_whoever_is_erased() {
    let mailbox = Mailbox::new();
    let bench = super::bench().settings(&mailbox.settings(3)).start().await;
    let (ann, bob) = (customer(), customer());
    for number in 0..4_usize {
        let buyer = if number < 3 { &ann } else { &bob };
        bench.tell(&moved(&order(buyer.customer()), 1, Move::Placed)).await;
        super::messages(&bench, "it is written", all_sent(number + 1)).await;
        bench.advance(1);
    }
    let files = mailbox.files();
    assert_eq!(files.len(), 3);
    assert!(files[0].0.starts_with("20260615T170001"), "the oldest is gone: {}", files[0].0);
    bench.tell(&PersonErased { person: ann.person }).await;
    let left = || async { (mailbox.files().len() == 1).then(|| mailbox.files()) };
    let left = bench.eventually("ann's are gone", left).await;
    assert!(left[0].1.contains(&bob.person.to_string()), "{}", left[0].1);
}

#[tokio::test]
async fn what_another_writes_now_stays_in_a_full_folder_and_what_died_long_ago_goes() {
    let mailbox = Mailbox::new();
    fs::create_dir(&mailbox.0).unwrap();
    let drafts = ["now", "then"].map(|name| mailbox.0.join(format!(".20200101T0000Z-{name}.eml")));
    for draft in &drafts {
        fs::write(draft, "half of").unwrap();
    }
    let now = fs::metadata(&drafts[1]).unwrap().modified().unwrap();
    let then = now - Duration::from_hours(2);
    fs::File::options().write(true).open(&drafts[1]).unwrap().set_modified(then).unwrap();
    let bench = super::bench().settings(&mailbox.settings(1)).start().await;
    for number in 1..4 {
        bench.tell(&moved(&order(customer().customer()), 1, Move::Placed)).await;
        super::messages(&bench, "it is written", all_sent(number)).await;
        bench.advance(1);
    }
    assert_eq!(drafts.map(|draft| draft.exists()), [true, false]);
    assert_eq!(mailbox.files().len(), 2, "the newest, and what is being written");
}
