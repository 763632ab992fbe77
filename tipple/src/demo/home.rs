//! The demo's own folder: its secrets, its clock, its database server.

use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Time, tz::TimeZone};
use kernel::{Clock, random_token};
use rustix::fs::{FlockOperation, flock};

/// Where the demo keeps everything.
pub struct Home {
    folder: PathBuf,
    /// Locked while this demo runs.
    _held: fs::File,
}

/// The demo's city.
pub const TIME_ZONE: &str = "America/Chicago";
/// Between these times of its city the demo takes the clock as it is: every store is open, and
/// orders can be placed for hours. Iowa's law ends deliveries at 22:00, and so the last promise of
/// one more than an hour earlier: who starts the demo in the evening gets a city at noon.
const DAY_BEGINS: Time = Time::constant(11, 0, 0, 0);
const DAY_ENDS: Time = Time::constant(18, 0, 0, 0);

/// What holds in the demo's city.
pub const CITY: &str = r#"# The demo's people all come from this machine.
[gateway]
allow_localhost = true
unlimited_addresses = ["127.0.0.1", "::1"]

# Whom the pages name; nobody reads it.
[gateway.help]
email = "help@demo.tipple.test"
phone = "+1 515 555 0100"

# What drivers are paid for a delivery; tips come on top.
[delivery]
driver_pay = { USD = 450 }

# Top Picks that can be watched as they change.
[insight]
recompute_seconds = 15
"#;

impl Home {
    pub fn at(folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder).with_context(|| {
            format!(
                "cannot write to {}: choose another folder with --data or TIPPLE_DATA",
                folder.display()
            )
        })?;
        let folder = folder.canonicalize().context("find the data folder")?;
        let lock = folder.join("lock");
        let held = fs::OpenOptions::new().write(true).create(true).truncate(false).open(&lock);
        let held = held.with_context(|| {
            format!(
                "cannot write {}: choose another folder with --data or TIPPLE_DATA",
                lock.display()
            )
        })?;
        flock(&held, FlockOperation::NonBlockingLockExclusive).map_err(|_| {
            anyhow::anyhow!(
                "Tipple already runs on {}: stop it, or choose another folder with --data",
                folder.display()
            )
        })?;
        Ok(Self { folder, _held: held })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    /// Where mail to the demo's people is put.
    pub fn mail(&self) -> PathBuf {
        self.folder.join("mail")
    }

    /// The settings with the demo's secrets, made at the first start and readable by nobody else.
    pub fn settings(&self) -> anyhow::Result<PathBuf> {
        let file = self.folder.join("demo.toml");
        if !file.exists() {
            let (provider, webhook) = (random_token(), random_token());
            let text = format!(
                "# Made for this demo. Not for anything else.\n\
                 [house]\nsecret = \"{}\"\n\n\
                 [payments.sandbox]\nsecret_key = \"sk_{provider}\"\nwebhook_secret = \"{webhook}\"\n\n\
                 [sandbox]\nsecret_key = \"sk_{provider}\"\nwebhook_secret = \"{webhook}\"\n\n\
",
                random_token(),
            );
            write_new(&file, &(text + CITY + &self.accounts()))?;
        }
        self.renew(&file)?;
        Ok(file)
    }

    /// What accounts needs, and where its letters go.
    fn accounts(&self) -> String {
        format!(
            "\n# Nobody in the demo has a second factor.\n\
             [accounts]\nsecret = \"{}\"\nsecond_factor = \"nobody\"\n\
             unlimited_addresses = [\"127.0.0.1\", \"::1\"]\n\n\
             # Letters are files here; nothing leaves this machine.\n\
             [notifications]\nchannels = [\"folder\"]\n\n\
             [notifications.folder]\npath = {}\n",
            random_token(),
            // As JSON, which writes text as TOML does.
            serde_json::json!(self.mail()),
        )
    }

    /// Brings the file of an older demo up to date.
    fn renew(&self, file: &Path) -> anyhow::Result<()> {
        let old = fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
        if old.contains("[accounts]") {
            return Ok(());
        }
        let kept = old.lines().filter(|line| !line.starts_with("signing_seed"));
        let kept: String = kept.flat_map(|line| [line, "\n"]).collect();
        let text = kept + &self.accounts();
        fs::write(file, text).with_context(|| format!("write {}", file.display()))
    }

    /// The demo's clock: the machine's, moved ahead to noon in the demo's city when the stores there
    /// are closed or about to close. It is never moved back, so that what was written stays past.
    pub fn clock(&self) -> anyhow::Result<(Clock, SignedDuration)> {
        let file = self.folder.join("ahead_seconds");
        let before = fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok());
        let before = SignedDuration::from_secs(before.unwrap_or(0));
        let ahead = before + until_day(Clock::ahead(before).now())?;
        fs::write(&file, ahead.as_secs().to_string())
            .with_context(|| format!("write {}", file.display()))?;
        let clock = if ahead.is_zero() { Clock::system() } else { Clock::ahead(ahead) };
        Ok((clock, ahead))
    }
}

/// How long it is until the stores are open for a while.
fn until_day(now: Timestamp) -> anyhow::Result<SignedDuration> {
    let local = now.to_zoned(TimeZone::get(TIME_ZONE).context("the time zone database")?);
    if (DAY_BEGINS..DAY_ENDS).contains(&local.time()) {
        return Ok(SignedDuration::ZERO);
    }
    let day = if local.time() < DAY_BEGINS { local.clone() } else { &local + 1.day() };
    let noon = day.with().time(Time::constant(12, 0, 0, 0)).build()?;
    Ok(noon.timestamp().duration_since(now))
}

fn write_new(file: &Path, text: &str) -> anyhow::Result<()> {
    let opened = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    opened
        .and_then(|mut opened| opened.write_all(text.as_bytes()))
        .with_context(|| format!("write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_opens_at_noon_when_the_city_sleeps() {
        let zone = TimeZone::get(TIME_ZONE).unwrap();
        for (now, local) in [
            ("2026-11-22T11:50:00Z", "12:00"),
            ("2026-11-23T04:00:00Z", "12:00"),
            ("2026-11-23T02:30:00Z", "12:00"),
            ("2026-11-23T00:00:00Z", "12:00"),
            ("2026-11-22T18:30:00Z", "12:30"),
        ] {
            let now: Timestamp = now.parse().unwrap();
            let then = (now + until_day(now).unwrap()).to_zoned(zone.clone());
            assert_eq!(then.strftime("%H:%M").to_string(), local);
            assert!(then.timestamp() >= now);
        }
    }
}
