use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use ring::aead::{Aad, NONCE_LEN, Nonce};

use crate::HouseKey;

/// A place in the log of a database: whoever has come so far sees all that was written before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The number of the database's cluster, which its replicas have too.
    pub cluster: i64,
    /// Grows when a replica becomes the primary: what the old one wrote afterwards is not in this log.
    pub timeline: i32,
    pub at: u64,
}

impl Position {
    /// Whether all that was written before `other` is seen here.
    pub fn has(&self, other: &Self) -> bool {
        self.cluster == other.cluster && self.timeline >= other.timeline && self.at >= other.at
    }
}

/// How new what is read for a request must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Freshness {
    /// It may lag.
    #[default]
    Any,
    /// All that was written before there is in it.
    Since(Position),
    /// Only the database itself has it: nothing that may lag is read.
    Newest,
}

/// The length of one as it is carried, by whoever asks too.
pub const POSITION_LENGTH: usize = 70;
const LENGTH: usize = POSITION_LENGTH;
/// With the second in which it was sealed before it.
const PLAIN: usize = 20;
const NEWEST: [u8; PLAIN] = [u8::MAX; PLAIN];
/// How far two machines' clocks may be apart, in seconds.
const LEEWAY: i64 = 5;

impl HouseKey {
    /// As whoever asks carries it from `now` on: how much the house writes is nobody's business, and nobody
    /// makes one up. None where anything will do.
    pub fn seal(&self, freshness: Freshness, now: Timestamp) -> Option<String> {
        let plain = match freshness {
            Freshness::Any => return None,
            Freshness::Newest => NEWEST,
            Freshness::Since(Position { cluster, timeline, at }) => {
                let mut plain = [0; PLAIN];
                plain[..8].copy_from_slice(&cluster.to_be_bytes());
                plain[8..12].copy_from_slice(&timeline.to_be_bytes());
                plain[12..].copy_from_slice(&at.to_be_bytes());
                plain
            }
        };
        let nonce = kernel::random_bytes::<NONCE_LEN>();
        let second = u32::try_from(now.as_second()).unwrap_or_default();
        let mut sealed = [&second.to_be_bytes(), plain.as_slice()].concat();
        let unique = Nonce::assume_unique_for_key(nonce);
        self.sealing.seal_in_place_append_tag(unique, Aad::empty(), &mut sealed).ok()?;
        Some(BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// What [`HouseKey::seal`] sealed in this house, no longer than `life` before `now`; nothing else.
    pub fn open(&self, text: &str, now: Timestamp, life: Duration) -> Option<Freshness> {
        if text.len() != LENGTH {
            return None;
        }
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let plain = self.sealing.open_in_place(nonce, Aad::empty(), sealed).ok()?;
        let (second, plain) = plain.split_first_chunk()?;
        let age = now.as_second() - i64::from(u32::from_be_bytes(*second));
        // One that never ended would be a way past all that is kept for everyone.
        if age > life.as_secs().cast_signed() + LEEWAY || age < -LEEWAY {
            return None;
        }
        if plain == NEWEST {
            return Some(Freshness::Newest);
        }
        let (cluster, rest) = plain.split_first_chunk()?;
        let (timeline, rest) = rest.split_first_chunk()?;
        let (at, _) = rest.split_first_chunk()?;
        Some(Freshness::Since(Position {
            cluster: i64::from_be_bytes(*cluster),
            timeline: i32::from_be_bytes(*timeline),
            at: u64::from_be_bytes(*at),
        }))
    }
}

#[cfg(test)]
mod tests {
    use axum::{Json, Router, http::HeaderMap, routing};
    use kernel::Clock;
    use proptest::prelude::*;
    use tokio::time::Instant;

    use super::*;
    use crate::{Client, Context, Never, POSITION_HEADER, Upstream};

    fn key(secret: &[u8]) -> HouseKey {
        HouseKey::new(secret).unwrap()
    }

    fn ours() -> HouseKey {
        key(b"a house secret of ours, for tests only")
    }

    const LIFE: Duration = Duration::from_secs(20);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn sealed(freshness: Freshness) -> String {
        ours().seal(freshness, at(1000)).unwrap()
    }

    fn opened(key: &HouseKey, text: &str) -> Option<Freshness> {
        key.open(text, at(1000), LIFE)
    }

    fn position(cluster: i64, timeline: i32, at: u64) -> Position {
        Position { cluster, timeline, at }
    }

    proptest! {
        #[test]
        fn what_is_sealed_is_opened_in_the_same_house_only(
            cluster in any::<i64>(), timeline in 1_i32.., at in any::<u64>(),
        ) {
            let since = Freshness::Since(position(cluster, timeline, at));
            let sealed = sealed(since);
            prop_assert_eq!(sealed.len(), LENGTH);
            prop_assert_eq!(opened(&ours(), &sealed), Some(since));
            prop_assert_eq!(opened(&key(b"the secret of another house than ours"), &sealed), None);
        }

        #[test]
        fn nobody_makes_one_up(at in 0..LENGTH, letter in "[A-Za-z0-9_-]", text in ".{0,80}") {
            let sealed = sealed(Freshness::Since(position(7, 1, 4096)));
            let mut forged = sealed.clone();
            forged.replace_range(at..=at, &letter);
            prop_assert_eq!(opened(&ours(), &forged).is_some(), forged == sealed);
            prop_assert_eq!(opened(&ours(), &text), None);
        }
    }

    #[test]
    fn it_tells_nothing_to_whoever_carries_it() {
        let since = Freshness::Since(position(7, 1, 4096));
        let (one, other) = (sealed(since), sealed(since));
        assert_ne!(one, other, "nor whether anything was written between");
        let newest = sealed(Freshness::Newest);
        assert_eq!(opened(&ours(), &newest), Some(Freshness::Newest));
        assert_eq!(newest.len(), one.len());
        assert_eq!(ours().seal(Freshness::Any, at(1000)), None);
    }

    #[test]
    fn it_ends() {
        for freshness in [Freshness::Newest, Freshness::Since(position(7, 1, 4096))] {
            let sealed = sealed(freshness);
            let opened = |second| ours().open(&sealed, at(second), LIFE);
            // What another machine's clock says may differ by a moment.
            for second in [997, 1000, 1020] {
                assert_eq!(opened(second), Some(freshness), "{second}");
            }
            for second in [900, 1026, 10_000] {
                assert_eq!(opened(second), None, "{second}");
            }
        }
    }

    #[tokio::test]
    async fn who_is_asked_for_somebody_reads_what_is_as_new() {
        let told = |headers: HeaderMap| async move {
            let told = headers.get(POSITION_HEADER).and_then(|value| value.to_str().ok());
            Json(told.map(str::to_owned))
        };
        let upstream = Upstream::local();
        upstream.fill(Router::new().route("/told", routing::get(told)), None);
        let clock = Clock::turned(Timestamp::UNIX_EPOCH);
        let client = Client::new(upstream, "catalogue", "cart", ours(), clock);
        let ask = || async {
            let told: Option<String> = client.get::<_, Never>("/told").await.unwrap();
            let open = |told: String| ours().open(&told, Timestamp::UNIX_EPOCH, LIFE).unwrap();
            told.map_or(Freshness::Any, open)
        };
        assert_eq!(ask().await, Freshness::Newest, "what nobody asked for is done, not shown");
        let since = Freshness::Since(position(7, 1, 4096));
        for freshness in [Freshness::Any, since, Freshness::Newest] {
            let deadline = Instant::now() + Duration::from_mins(1);
            let context =
                Context { request_id: "1".into(), traceparent: None, deadline, freshness };
            assert_eq!(context.scope(ask()).await, freshness);
        }
    }

    #[test]
    fn who_has_come_farther_on_the_same_way_has_it() {
        let here = position(7, 2, 100);
        assert!(here.has(&here) && here.has(&position(7, 1, 90)));
        for beyond in [position(7, 2, 101), position(7, 3, 90), position(8, 2, 100)] {
            assert!(!here.has(&beyond), "{beyond:?}");
        }
        // What an old primary wrote before it fell is there once as much has come after it.
        assert!(!here.has(&position(7, 1, 101)));
    }
}
