//! Keys of idempotency and the answers they have had.

use std::collections::HashMap;

use serde_json::Value;

use super::failure::Failure;

/// How long an answer is remembered, in seconds.
const KEPT: i64 = 24 * 3600;

#[derive(Default)]
pub struct Keys(HashMap<String, Entry>);

struct Entry {
    /// The endpoint and its parameters.
    asked: String,
    /// None while it runs.
    answer: Option<(u16, Value)>,
    at: i64,
}

impl Keys {
    /// The answer to be given again; none where the call is to be carried out.
    pub fn begin(
        &mut self,
        key: &str,
        asked: String,
        now: i64,
    ) -> Result<Option<(u16, Value)>, Failure> {
        self.0.retain(|_, entry| now - entry.at < KEPT || entry.answer.is_none());
        match self.0.get(key) {
            None => {
                self.0.insert(key.into(), Entry { asked, answer: None, at: now });
                Ok(None)
            }
            Some(entry) if entry.asked != asked => Err(Failure::other_parameters()),
            Some(Entry { answer: None, .. }) => Err(Failure::twin()),
            Some(Entry { answer, .. }) => Ok(answer.clone()),
        }
    }

    pub fn end(&mut self, key: &str, answer: Option<(u16, Value)>) {
        match (self.0.get_mut(key), answer) {
            (Some(entry), Some(answer)) => entry.answer = Some(answer),
            (_, None) => drop(self.0.remove(key)),
            (None, Some(_)) => {}
        }
    }
}
