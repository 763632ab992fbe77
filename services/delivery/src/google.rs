//! Google's Routes API, where the operator has set a key for it.

mod answer;

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::ensure;
use jiff::{SignedDuration, Timestamp};
use kernel::{Clock, Place};
use reqwest::header::{HeaderValue, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use wire::breaker::{Breaker, Outcome, crowded_until};

use self::answer::{Element, Failed, Routes};
use crate::{
    pace::Pace,
    rides::{Leg, Rides},
    table::Table,
};

/// `[delivery.google_routes]`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct GoogleRoutes {
    /// A key for the Routes API; the built-in estimate alone where it is empty.
    #[serde(skip_serializing)]
    pub key: SecretString,
    pub base_url: String,
    /// How long an answer is waited for, 200 to 10,000.
    pub timeout_ms: u64,
    /// Ways that are asked about in any minute, in each process: 1 to 3,000. Each way of a matrix
    /// counts.
    pub ways_per_minute: u32,
    /// The most ways that one round of offers asks about at once; up to 625, and 0 for none.
    pub matrix_ways: u32,
    /// Seconds after which it is asked anew when what is on its way will be there, 15 to 3,600.
    pub ask_again_seconds: u32,
}

impl Default for GoogleRoutes {
    fn default() -> Self {
        Self {
            key: SecretString::default(),
            base_url: "https://routes.googleapis.com".into(),
            timeout_ms: 1_500,
            ways_per_minute: 300,
            matrix_ways: 100,
            ask_again_seconds: 120,
        }
    }
}

impl GoogleRoutes {
    /// For how long an expectation of a router's is let stand.
    pub fn ask_again(&self) -> SignedDuration {
        SignedDuration::from_secs(self.ask_again_seconds.into())
    }

    pub fn is_set(&self) -> bool {
        !self.key.expose_secret().is_empty()
    }

    /// Refuses what Google would, or its terms do. `map_is_googles` tells whose map the pages show.
    pub fn check(&self, map_is_googles: bool) -> anyhow::Result<()> {
        let name = "delivery.google_routes";
        let (key, url) = (self.key.expose_secret(), &self.base_url);
        let plain = key.len() <= 200 && key.chars().all(|c| c.is_ascii_graphic());
        ensure!(plain, "{name}.key is no key");
        let near = url.starts_with("http://127.0.0.1:");
        ensure!(near || url.starts_with("https://"), "{name}.base_url must begin with https://");
        ensure!(!url.contains(['@', '?', '#']), "{name}.base_url names somebody or has a query");
        ensure!(!url.ends_with('/'), "{name}.base_url must not end with a slash");
        let within = |what: &str, number: u64, least: u64, most: u64| {
            ensure!((least..=most).contains(&number), "{name}.{what} must be {least} to {most}");
            Ok(())
        };
        within("timeout_ms", self.timeout_ms, 200, 10_000)?;
        within("ways_per_minute", self.ways_per_minute.into(), 1, 3_000)?;
        within("matrix_ways", self.matrix_ways.into(), 0, 625)?;
        within("ask_again_seconds", self.ask_again_seconds.into(), 15, 3_600)?;
        ensure!(
            !self.is_set() || map_is_googles,
            "{name}.key goes with gateway.map.google_key: Google's terms let nobody use its routes \
             with another's map"
        );
        Ok(())
    }
}

/// Google, as this process knows it.
pub struct Google {
    http: reqwest::Client,
    settings: GoogleRoutes,
    key: HeaderValue,
    clock: Clock,
    known: Mutex<Known>,
}

/// What came of the calls so far.
struct Known {
    breaker: Breaker,
    pace: Pace,
    /// Our key is not taken; not before then again.
    refused_until: Option<Timestamp>,
    /// Which trouble is in the log, and since when.
    told: BTreeMap<&'static str, Timestamp>,
}

/// A key that is not taken is tried again after so long.
const REFUSED: SignedDuration = SignedDuration::from_mins(10);
/// The same trouble is told again after so long.
const TOLD: SignedDuration = SignedDuration::from_hours(1);
/// No answer that is wanted is longer.
const LONGEST: usize = 1024 * 1024;

const ROUTE: &str = "/directions/v2:computeRoutes";
const MATRIX: &str = "/distanceMatrix/v2:computeRouteMatrix";

/// One question.
struct Question<'a> {
    path: &'static str,
    /// The fields that are answered, and paid for.
    fields: &'static str,
    body: &'a Value,
    ways: u32,
}

impl Google {
    pub fn new(settings: GoogleRoutes, clock: Clock) -> anyhow::Result<Self> {
        let patience = Duration::from_millis(settings.timeout_ms);
        let http = reqwest::Client::builder()
            .connect_timeout(patience)
            .timeout(patience)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let known = Known {
            breaker: Breaker::default(),
            pace: Pace::new(settings.ways_per_minute, SignedDuration::from_mins(1)),
            refused_until: None,
            told: BTreeMap::new(),
        };
        // No log shows what is marked so.
        let mut key = HeaderValue::from_str(settings.key.expose_secret())?;
        key.set_sensitive(true);
        Ok(Self { http, settings, key, clock, known: Mutex::new(known) })
    }

    pub fn settings(&self) -> &GoogleRoutes {
        &self.settings
    }

    /// How many ways may be asked about now.
    pub fn left(&self) -> u32 {
        let now = self.clock.now();
        let mut known = self.known();
        if known.rests(now) { 0 } else { known.pace.left(now) }
    }

    /// How far and how long one way is now.
    pub async fn leg(&self, from: Place, to: Place) -> Option<Leg> {
        let (fields, body) = ("routes.duration,routes.distanceMeters", route(from, to));
        let question = Question { path: ROUTE, fields, body: &body, ways: 1 };
        self.ask::<Routes>(&question).await?.leg()
    }

    /// Through where one way leads now, as an encoded polyline (precision 5): for Google's map alone.
    pub async fn line(&self, from: Place, to: Place) -> Option<String> {
        let mut body = route(from, to);
        body["polylineQuality"] = "OVERVIEW".into();
        body["polylineEncoding"] = "ENCODED_POLYLINE".into();
        let fields = "routes.polyline.encodedPolyline";
        self.ask::<Routes>(&Question { path: ROUTE, fields, body: &body, ways: 1 }).await?.line()
    }

    /// All ways of a table, in one call.
    pub async fn matrix(&self, table: &Table) -> Rides {
        let ends = |places: &[Place]| -> Vec<Value> {
            places.iter().map(|place| json!({ "waypoint": waypoint(*place) })).collect()
        };
        let body = json!({
            "origins": ends(&table.from),
            "destinations": ends(&table.to),
            "travelMode": "DRIVE",
            "routingPreference": "TRAFFIC_AWARE",
        });
        let fields = "originIndex,destinationIndex,status,condition,distanceMeters,duration";
        let ways = table.ways().try_into().unwrap_or(u32::MAX);
        let elements: Option<Vec<Element>> =
            self.ask(&Question { path: MATRIX, fields, body: &body, ways }).await;
        let mut rides = Rides::default();
        for element in elements.unwrap_or_default() {
            let from = table.from.get(element.origin_index);
            let to = table.to.get(element.destination_index);
            if let (Some(from), Some(to), Some(leg)) = (from, to, element.leg()) {
                rides.add(*from, *to, leg);
            }
        }
        rides
    }

    /// Asks, unless it rests or the minute's ways are used up. None where there is no answer: then
    /// everything goes on without.
    async fn ask<T: DeserializeOwned>(&self, question: &Question<'_>) -> Option<T> {
        let now = self.clock.now();
        {
            let mut known = self.known();
            if known.rests(now) {
                return None;
            }
            if !known.pace.take(question.ways, now) {
                known.tell("the ways that may be asked about in a minute are used up", "", now);
                return None;
            }
        }
        let answer = self.send(question).await;
        let now = self.clock.now();
        let mut known = self.known();
        match answer {
            Ok(answer) => {
                known.breaker.take(Outcome::Answered, now);
                Some(answer)
            }
            Err(failed) => {
                known.failed(failed, question.path, now);
                None
            }
        }
    }

    async fn send<T: DeserializeOwned>(&self, question: &Question<'_>) -> Result<T, Failed> {
        let silent = |error: reqwest::Error| Failed::Silent(error.without_url().to_string());
        let address = format!("{}{}", self.settings.base_url, question.path);
        let sent = self
            .http
            .post(address)
            .header("x-goog-api-key", &self.key)
            .header("x-goog-fieldmask", question.fields)
            .json(question.body)
            .send();
        let mut answer = sent.await.map_err(silent)?;
        let told = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let (status, told) = (answer.status(), told.map(str::to_owned));
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(silent)? {
            if body.len() + part.len() > LONGEST {
                return Err(Failed::Unclear("an answer without end".into()));
            }
            body.extend_from_slice(&part);
        }
        answer::read(status, told.as_deref(), &body)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Whether it is left alone for now.
    fn rests(&self, now: Timestamp) -> bool {
        self.refused_until.is_some_and(|until| now < until)
            || self.breaker.is_open(now)
            || self.breaker.crowded_until(now).is_some()
    }

    fn failed(&mut self, failed: Failed, path: &str, now: Timestamp) {
        match failed {
            Failed::Refused(said) => {
                self.refused_until = Some(now + REFUSED);
                self.tell("the key is not taken", &said, now);
            }
            Failed::Crowded { retry_after } => {
                let until = crowded_until(retry_after.as_deref(), now);
                self.breaker.take(Outcome::Crowded { until }, now);
                self.tell("the quota at Google is used up", "", now);
            }
            Failed::Silent(said) => {
                if self.breaker.take(Outcome::Silent, now) {
                    self.tell("Google does not answer", &said, now);
                }
            }
            Failed::Unclear(said) => {
                self.breaker.take(Outcome::Unclear { about: path }, now);
                self.tell("an answer is not understood", &said, now);
            }
        }
    }

    /// Once an hour, however often.
    fn tell(&mut self, trouble: &'static str, said: &str, now: Timestamp) {
        if self.told.get(trouble).is_none_or(|at| now.duration_since(*at) >= TOLD) {
            tracing::error!(trouble, said, "no routes from Google; the built-in estimate is used");
            self.told.insert(trouble, now);
        }
    }
}

fn route(from: Place, to: Place) -> Value {
    json!({
        "origin": waypoint(from),
        "destination": waypoint(to),
        "travelMode": "DRIVE",
        "routingPreference": "TRAFFIC_AWARE",
    })
}

fn waypoint(place: Place) -> Value {
    json!({ "location": { "latLng": { "latitude": place.lat, "longitude": place.lon } } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(key: &str) -> GoogleRoutes {
        GoogleRoutes { key: key.to_owned().into(), ..GoogleRoutes::default() }
    }

    #[test]
    fn googles_routes_go_with_googles_map() {
        with("").check(false).unwrap();
        with("AIza-key").check(true).unwrap();
        let why = with("AIza-key").check(false).unwrap_err().to_string();
        assert!(why.contains("gateway.map.google_key") && !why.contains("AIza"), "{why}");
    }

    #[test]
    fn what_makes_no_sense_does_not_start() {
        for wrong in [
            with("two words"),
            with(&"k".repeat(201)),
            GoogleRoutes { base_url: "http://routes.googleapis.com".into(), ..with("k") },
            GoogleRoutes { base_url: "https://routes.googleapis.com/".into(), ..with("k") },
            GoogleRoutes { timeout_ms: 100, ..with("k") },
            GoogleRoutes { ways_per_minute: 0, ..with("k") },
            GoogleRoutes { matrix_ways: 626, ..with("k") },
            GoogleRoutes { ask_again_seconds: 5, ..with("k") },
        ] {
            assert!(wrong.check(true).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn nothing_shows_the_key() {
        let settings = with("AIza-key");
        assert!(!format!("{settings:?}").contains("AIza"));
        assert!(!serde_json::to_string(&settings).unwrap().contains("AIza"));
    }
}
