//! What Google's Routes API answers. Pure.

use reqwest::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::rides::Leg;

/// Why there is no answer. None of it holds the key, a place or what Google wrote in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// It does not take our key, or not for this.
    Refused(String),
    /// Too many calls, or the day's are used up.
    Crowded { retry_after: Option<String> },
    /// No answer, or trouble there.
    Silent(String),
    /// An answer that is not understood, or a question that is not.
    Unclear(String),
}

/// `routes` of `computeRoutes`; empty where there is no way.
#[derive(Debug, Deserialize)]
pub struct Routes {
    #[serde(default)]
    routes: Vec<Route>,
}

/// Of one way, what was asked for. What is 0 may be left out.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Route {
    #[serde(default)]
    distance_meters: u32,
    duration: Option<String>,
    polyline: Option<Polyline>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Polyline {
    encoded_polyline: String,
}

impl Routes {
    /// How far and how long.
    pub fn leg(&self) -> Option<Leg> {
        let route = self.routes.first()?;
        let seconds = seconds(route.duration.as_deref()?)?;
        Some(Leg { metres: route.distance_meters, seconds })
    }

    /// Through where, as Google encodes it.
    pub fn line(self) -> Option<String> {
        let line = self.routes.into_iter().next()?.polyline?.encoded_polyline;
        Some(line).filter(|line| !line.is_empty() && line.len() <= LONGEST_LINE)
    }
}

/// A way through a whole country, seen from far, is shorter.
const LONGEST_LINE: usize = 64 * 1024;

/// One of the ways of `computeRouteMatrix`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Element {
    #[serde(default)]
    pub origin_index: usize,
    #[serde(default)]
    pub destination_index: usize,
    #[serde(default)]
    status: Status,
    condition: Option<String>,
    #[serde(default)]
    distance_meters: u32,
    duration: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Status {
    #[serde(default)]
    code: i32,
}

impl Element {
    /// How far and how long, where there is a way.
    pub fn leg(&self) -> Option<Leg> {
        let exists = self.status.code == 0 && self.condition.as_deref() == Some("ROUTE_EXISTS");
        let seconds = seconds(self.duration.as_deref()?)?;
        exists.then_some(Leg { metres: self.distance_meters, seconds })
    }
}

/// No ride takes longer.
const LONGEST_SECONDS: f64 = 7.0 * 24.0 * 3_600.0;

/// `165s`, `3.5s`: a part of a second is a whole one.
fn seconds(duration: &str) -> Option<u32> {
    let seconds: f64 = duration.strip_suffix('s')?.parse().ok()?;
    (0.0..=LONGEST_SECONDS).contains(&seconds).then(|| seconds.ceil() as u32)
}

/// Reads an answer of this status.
pub fn read<T: DeserializeOwned>(
    status: StatusCode,
    retry_after: Option<&str>,
    body: &[u8],
) -> Result<T, Failed> {
    if status.is_success() {
        let read = serde_json::from_slice(body);
        // Serde's words may quote the answer.
        return read.map_err(|_| Failed::Unclear("an answer that is none".into()));
    }
    let (code, reason) = told(body);
    let said = format!("{} {code} {reason}", status.as_u16()).trim().to_owned();
    Err(match status {
        StatusCode::TOO_MANY_REQUESTS => {
            Failed::Crowded { retry_after: retry_after.map(str::to_owned) }
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Failed::Refused(said),
        StatusCode::BAD_REQUEST if reason.starts_with("API_KEY") => Failed::Refused(said),
        _ if status.is_server_error() => Failed::Silent(said),
        _ => Failed::Unclear(said),
    })
}

/// Google's own short words for an error: its status, and the reason where it gives one.
/// `computeRouteMatrix` puts the error into a list.
fn told(body: &[u8]) -> (String, String) {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = body.get(0).unwrap_or(&body).get("error").cloned().unwrap_or_default();
    let details = error["details"].as_array().cloned().unwrap_or_default();
    let reason = details.iter().find_map(|detail| detail["reason"].as_str()).unwrap_or_default();
    (short(error["status"].as_str().unwrap_or_default()), short(reason))
}

/// A word of theirs that can stand in a log.
fn short(word: &str) -> String {
    let plain = |c: char| c.is_ascii_uppercase() || c == '_';
    if word.len() <= 60 && word.chars().all(plain) { word.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn reads<T: DeserializeOwned>(status: u16, body: &Value) -> Result<T, Failed> {
        read(StatusCode::from_u16(status).unwrap(), None, body.to_string().as_bytes())
    }

    #[test]
    fn durations_are_seconds_with_an_s() {
        for (told, wanted) in [("165s", 165), ("0s", 0), ("3.000000001s", 4), ("604800s", 604_800)]
        {
            assert_eq!(seconds(told), Some(wanted), "{told}");
        }
        for odd in ["", "s", "165", "-1s", "604801s", "NaNs", "infs", "1m", "1 s"] {
            assert_eq!(seconds(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_way_is_read_and_none_is_none() {
        let route = json!({ "routes": [{ "distanceMeters": 772, "duration": "165s",
                                         "polyline": { "encodedPolyline": "ipkcFfichV" } }] });
        let found: Routes = reads(200, &route).unwrap();
        assert_eq!(found.leg(), Some(Leg { metres: 772, seconds: 165 }));
        assert_eq!(found.line().as_deref(), Some("ipkcFfichV"));
        for none in [json!({}), json!({ "routes": [] }), json!({ "routes": [{}] })] {
            let found: Routes = reads(200, &none).unwrap();
            assert_eq!((found.leg(), found.line()), (None, None), "{none}");
        }
        let here = json!({ "routes": [{ "duration": "0s" }] });
        assert_eq!(reads::<Routes>(200, &here).unwrap().leg(), Some(Leg { metres: 0, seconds: 0 }));
    }

    #[test]
    fn a_matrix_is_read_way_by_way() {
        let elements = json!([
            { "originIndex": 1, "destinationIndex": 0, "status": {}, "condition": "ROUTE_EXISTS",
              "distanceMeters": 822, "duration": "160s" },
            { "originIndex": 0, "destinationIndex": 0, "status": {}, "condition": "ROUTE_NOT_FOUND" },
            { "status": { "code": 3, "message": "no" }, "condition": "ROUTE_EXISTS", "duration": "1s" },
        ]);
        let found: Vec<Element> = reads(200, &elements).unwrap();
        let legs: Vec<_> = found.iter().map(Element::leg).collect();
        assert_eq!(legs, [Some(Leg { metres: 822, seconds: 160 }), None, None]);
        assert_eq!((found[0].origin_index, found[0].destination_index), (1, 0));
    }

    #[test]
    fn a_key_that_is_not_taken_is_told_from_a_bad_day() {
        let error = |status: &str, reason: &str| {
            json!({ "error": { "code": 0, "message": "The key AIzaSecret is wrong.", "status": status,
                               "details": [{ "@type": "x", "reason": reason }] } })
        };
        let refused = |status: u16, body: &Value| match reads::<Routes>(status, body) {
            Err(Failed::Refused(said)) => said,
            other => panic!("{other:?}"),
        };
        let wrong = error("INVALID_ARGUMENT", "API_KEY_INVALID");
        assert_eq!(refused(400, &wrong), "400 INVALID_ARGUMENT API_KEY_INVALID");
        assert_eq!(refused(400, &json!([wrong])), "400 INVALID_ARGUMENT API_KEY_INVALID");
        let blocked = error("PERMISSION_DENIED", "key=AIzaSecret");
        assert_eq!(refused(403, &blocked), "403 PERMISSION_DENIED", "only what is a word");
        let failed = |status: u16, body: &Value| reads::<Routes>(status, body).unwrap_err();
        let odd = error("INVALID_ARGUMENT", "");
        assert_eq!(failed(400, &odd), Failed::Unclear("400 INVALID_ARGUMENT".into()));
        assert_eq!(failed(404, &json!("?")), Failed::Unclear("404".into()));
        assert_eq!(failed(503, &json!(null)), Failed::Silent("503".into()));
        assert_eq!(failed(429, &odd), Failed::Crowded { retry_after: None });
        assert!(
            matches!(failed(200, &json!("AIzaSecret")), Failed::Unclear(said) if !said.contains("AIza"))
        );
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_not(status in 200..600u16, body: Vec<u8>) {
            let status = StatusCode::from_u16(status).unwrap();
            let _ = read::<Routes>(status, None, &body);
            let _ = read::<Vec<Element>>(status, None, &body);
        }
    }
}
