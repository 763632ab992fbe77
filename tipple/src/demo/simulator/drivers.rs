use std::sync::Arc;

use anyhow::Context as _;
use kernel::Place;
use rand::Rng;
use serde_json::{Value, json};

use super::{City, dice, pause};
use crate::demo::{data::DemoPerson, visitor::Visitor};

/// Metres a second in a city, before the demo's speed-up.
const DRIVING: f64 = 8.0;
/// Seconds between two looks at what is to be done.
const LOOK: f64 = 2.0;

/// A driver on shift: takes offers, drives, checks documents, hands over or brings back.
pub async fn drive(city: Arc<City>, person: DemoPerson) {
    let Some(place) = person.place() else { return };
    let mut driver = Driver { visitor: city.enter(&person).await, place, city };
    loop {
        pause(LOOK).await;
        if let Err(error) = driver.step().await {
            tracing::debug!(email = person.email, error = format!("{error:#}"), "a driver waits");
        }
    }
}

struct Driver {
    visitor: Visitor,
    place: Place,
    city: Arc<City>,
}

impl Driver {
    /// Does the one next thing.
    async fn step(&mut self) -> anyhow::Result<()> {
        let me = self.visitor.get("/v1/delivery/me").await?;
        if me["on_shift_since"].is_null() {
            self.visitor.post("/v1/delivery/shift", &json!({"place": self.place})).await?;
            return Ok(());
        }
        if let Some(offer) = me["offer"]["offer"].as_str() {
            return self.answer(offer, &me["offer"]).await;
        }
        let job = &me["job"];
        let Some(id) = job["job"].as_str() else { return self.ping().await };
        let state = job["state"].as_str().unwrap_or_default();
        let stop = if state == "picked_up" { &job["door"] } else { &job["store"] };
        if state == "arrived" {
            return self.at_the_door(id).await;
        }
        if !self.towards(&stop["place"]).await? {
            return Ok(());
        }
        match state {
            "assigned" if job["ready"] == true => self.act(id, "pick-up", json!({})).await?,
            "picked_up" => self.act(id, "arrive", json!({})).await?,
            "returning" => self.act(id, "return", json!({})).await?,
            _ => {}
        }
        Ok(())
    }

    async fn answer(&self, offer: &str, facts: &Value) -> anyhow::Result<()> {
        let yours = facts["store"]["store"] == self.city.yours.to_string();
        let answer = if yours || dice().random_bool(0.05) { "decline" } else { "accept" };
        self.visitor.post(&format!("/v1/delivery/offers/{offer}/{answer}"), &json!({})).await?;
        Ok(())
    }

    /// One document in twenty is not good enough, and one door in twenty stays shut.
    async fn at_the_door(&self, job: &str) -> anyhow::Result<()> {
        if dice().random_bool(0.05) {
            let because = json!({"because": "nobody_there", "note": ""});
            return self.act(job, "refuse", because).await;
        }
        let born = if dice().random_bool(0.05) { "2010-01-01" } else { "1988-04-17" };
        let check = json!({
            "document": {"kind": "driving_licence", "date_of_birth": born, "expires_on": "2032-01-01"},
            "name_matches": true,
            "sober": true,
        });
        let path = format!("/v1/delivery/jobs/{job}/check");
        let checked = self.visitor.post(&path, &check).await?;
        if checked["allowed"] == true {
            return self.act(job, "hand-over", json!({"recipient_name": "The customer"})).await;
        }
        self.act(job, "refuse", json!({"because": "under_age", "note": ""})).await
    }

    async fn act(&self, job: &str, command: &str, body: Value) -> anyhow::Result<()> {
        self.visitor.post(&format!("/v1/delivery/jobs/{job}/{command}"), &body).await?;
        Ok(())
    }

    /// Drives on for a moment; whether it is there.
    async fn towards(&mut self, to: &Value) -> anyhow::Result<bool> {
        let to: Place = serde_json::from_value(to.clone()).context("a place")?;
        let step = DRIVING * LOOK * self.city.config.driving_speed;
        let left = self.place.metres_to(to);
        let share = if left <= step { 1.0 } else { step / left };
        self.place.lat += (to.lat - self.place.lat) * share;
        self.place.lon += (to.lon - self.place.lon) * share;
        self.ping().await?;
        Ok(share >= 1.0)
    }

    async fn ping(&self) -> anyhow::Result<()> {
        let point = json!({"at": self.city.clock.now(), "place": self.place});
        self.visitor.post("/v1/delivery/pings", &json!({"points": [point]})).await?;
        Ok(())
    }
}
