//! Google's Routes API without Google: asks for a key and for fields, gives no field that was not
//! asked for, and fails as its documentation says.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State as Shared,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use http::HeaderMap;
use kernel::Place;
use serde_json::{Map, Value, json};

/// How it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    Well,
    /// After so many milliseconds.
    Slowly(u64),
    /// 503 for everything.
    NotNow,
    /// The quota is used up.
    OutOfQuota,
    /// The key holds, but not for this interface or from this address.
    Blocked,
    /// There is no way between any two places.
    NoWay,
    /// 200, and no JSON.
    Gibberish,
}

/// What it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// One way, for these fields.
    Route { fields: String },
    /// So many ways at once.
    Matrix { ways: usize },
}

/// The stand-in, on a port of its own.
#[derive(Clone)]
pub struct GoogleRoutes {
    state: Arc<Mutex<State>>,
    base_url: String,
    key: String,
}

struct State {
    key: String,
    answers: Answers,
    metres_per_second: f64,
    /// Where nothing moves.
    jam: Option<Place>,
    asked: Vec<Asked>,
}

/// A jam is so large, in metres.
const JAMMED: f64 = 500.0;
/// Its streets are so much longer than the crow's flight.
const STREETS: f64 = 1.25;

impl GoogleRoutes {
    /// Starts it.
    ///
    /// # Panics
    /// Where no port is free.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let key = format!("AIza{}", kernel::random_token());
        let state = State {
            key: key.clone(),
            answers: Answers::Well,
            metres_per_second: 10.0,
            jam: None,
            asked: Vec::new(),
        };
        let state = Arc::new(Mutex::new(state));
        let router = Router::new()
            .route("/directions/v2:computeRoutes", post(routes))
            .route("/distanceMatrix/v2:computeRouteMatrix", post(matrix))
            .with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { state, base_url: format!("http://{address}"), key }
    }

    /// The settings with which our side asks it, as TOML: of `[delivery.google_routes]`, which is left
    /// open, after those of Google's map.
    pub fn settings(&self) -> String {
        format!(
            "[gateway.map]\ngoogle_key = \"a-key-for-browsers\"\ngoogle_map_id = \"a-map\"\n\
             [delivery.google_routes]\nkey = \"{}\"\nbase_url = \"{}\"\n",
            self.key, self.base_url
        )
    }

    /// Where it is.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The key that was given out first.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Another key holds from now on.
    pub fn change_key(&self) {
        self.state().key = format!("AIza{}", kernel::random_token());
    }

    /// The first key holds again.
    pub fn take_key_back(&self) {
        self.state().key.clone_from(&self.key);
    }

    /// How it answers from now on.
    pub fn answers(&self, how: Answers) {
        self.state().answers = how;
    }

    /// How fast its roads are from now on, in metres per second; 10 at first.
    pub fn drives(&self, metres_per_second: f64) {
        self.state().metres_per_second = metres_per_second;
    }

    /// Whatever begins near this place takes ten times as long from now on.
    pub fn jams(&self, at: Place) {
        self.state().jam = Some(at);
    }

    /// All that it was asked so far with a key that holds.
    pub fn asked(&self) -> Vec<Asked> {
        self.state().asked.clone()
    }

    /// How long it says that a way takes, in whole seconds.
    pub fn seconds(&self, from: Place, to: Place) -> i64 {
        self.state().seconds(from, to).round() as i64
    }

    /// Through where it says that a way leads.
    pub fn line(from: Place, to: Place) -> String {
        // Around a corner, as streets do.
        polyline(&[from, Place { lat: from.lat, lon: to.lon }, to])
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn seconds(&self, from: Place, to: Place) -> f64 {
        let jammed = self.jam.is_some_and(|at| at.metres_to(from) < JAMMED);
        let slower = if jammed { 10.0 } else { 1.0 };
        from.metres_to(to) * STREETS / self.metres_per_second * slower
    }

    /// A way, as both answers have it.
    fn way(&self, from: Place, to: Place) -> Value {
        let mut way = json!({ "duration": format!("{}s", self.seconds(from, to).round()) });
        let metres = (from.metres_to(to) * STREETS).round();
        // What is 0 is left out.
        if metres > 0.0 {
            way["distanceMeters"] = json!(metres as u64);
        }
        way
    }
}

/// An error as its documentation writes it.
struct Wrong(u16, &'static str, &'static str, &'static str);

const NO_KEY: Wrong =
    Wrong(403, "PERMISSION_DENIED", "The request is missing a valid API key.", "");
const BAD_KEY: Wrong = Wrong(
    400,
    "INVALID_ARGUMENT",
    "API key not valid. Please pass a valid API key.",
    "API_KEY_INVALID",
);
const BLOCKED: Wrong =
    Wrong(403, "PERMISSION_DENIED", "Requests to this API are blocked.", "API_KEY_SERVICE_BLOCKED");
const QUOTA: Wrong = Wrong(429, "RESOURCE_EXHAUSTED", "Quota exceeded.", "RATE_LIMIT_EXCEEDED");
const NOT_NOW: Wrong = Wrong(503, "UNAVAILABLE", "The service is currently unavailable.", "");
const FIELDS: Wrong = Wrong(
    400,
    "INVALID_ARGUMENT",
    "FieldMask is a required parameter. See https://cloud.google.com/apis/docs/system-parameters on \
     how to provide it. As an example, you can set the header 'X-Goog-FieldMask' with value \
     'routes.distanceMeters,routes.duration' to ask for the distance and duration of a route.",
    "",
);
const ENDS: Wrong = Wrong(400, "INVALID_ARGUMENT", "Origin and destination must be set.", "");
const INVALID: Wrong = Wrong(400, "INVALID_ARGUMENT", "Request contains an invalid argument.", "");
const TOO_MANY: Wrong = Wrong(400, "INVALID_ARGUMENT", "The number of elements exceeds 625.", "");

impl Wrong {
    fn body(&self) -> Value {
        let Self(code, status, message, reason) = self;
        let mut error = json!({ "code": code, "message": message, "status": status });
        if !reason.is_empty() {
            let kind = "type.googleapis.com/google.rpc.ErrorInfo";
            let info = json!({ "@type": kind, "reason": reason, "domain": "googleapis.com" });
            error["details"] = json!([info]);
        }
        json!({ "error": error })
    }

    fn answer(&self, in_a_list: bool) -> Response {
        let body = if in_a_list { json!([self.body()]) } else { self.body() };
        let status = StatusCode::from_u16(self.0).expect("a status");
        (status, Json(body)).into_response()
    }
}

async fn routes(
    Shared(state): Shared<Arc<Mutex<State>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = |fields: &str, _: &Value| Asked::Route { fields: fields.to_owned() };
    let (answers, fields, body) = match begin(&state, &headers, &body, asked) {
        Ok(begun) => begun,
        Err(wrong) => return wrong.answer(false),
    };
    wait(answers).await;
    if answers == Answers::Gibberish {
        return "<html>".into_response();
    }
    let ends = (place(&body["origin"]), place(&body["destination"]));
    let (Some(from), Some(to)) = ends else { return ENDS.answer(false) };
    if answers == Answers::NoWay {
        return Json(json!({})).into_response();
    }
    let mut route = lock(&state).way(from, to);
    route["polyline"] = json!({ "encodedPolyline": GoogleRoutes::line(from, to) });
    match masked(&json!({ "routes": route }), &fields) {
        Some(found) => {
            let route = found.get("routes").cloned().unwrap_or_default();
            Json(json!({ "routes": [route] })).into_response()
        }
        None => INVALID.answer(false),
    }
}

async fn matrix(
    Shared(state): Shared<Arc<Mutex<State>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let count = |body: &Value, name: &str| body[name].as_array().map_or(0, Vec::len);
    let ways = |body: &Value| count(body, "origins") * count(body, "destinations");
    let asked = |_: &str, body: &Value| Asked::Matrix { ways: ways(body) };
    let (answers, fields, body) = match begin(&state, &headers, &body, asked) {
        Ok(begun) => begun,
        Err(wrong) => return wrong.answer(true),
    };
    wait(answers).await;
    if answers == Answers::Gibberish {
        return "<html>".into_response();
    }
    let ends = |name: &str| -> Option<Vec<Place>> {
        body[name].as_array()?.iter().map(|end| place(&end["waypoint"])).collect()
    };
    let (Some(from), Some(to)) = (ends("origins"), ends("destinations")) else {
        return ENDS.answer(true);
    };
    if from.is_empty() || to.is_empty() {
        return ENDS.answer(true);
    }
    if from.len() * to.len() > 625 {
        return TOO_MANY.answer(true);
    }
    let mut elements = Vec::new();
    // In no order that could be relied on.
    for (column, to) in to.iter().enumerate().rev() {
        for (row, from) in from.iter().enumerate() {
            let mut element = if answers == Answers::NoWay {
                json!({ "condition": "ROUTE_NOT_FOUND" })
            } else {
                let mut way = lock(&state).way(*from, *to);
                way["condition"] = "ROUTE_EXISTS".into();
                way
            };
            element["originIndex"] = row.into();
            element["destinationIndex"] = column.into();
            element["status"] = json!({});
            match masked(&element, &fields) {
                Some(element) => elements.push(element),
                None => return INVALID.answer(true),
            }
        }
    }
    Json(elements).into_response()
}

type Begun = (Answers, String, Value);

/// Looks at the key, the fields and the words that every question has.
fn begin(
    state: &Mutex<State>,
    headers: &HeaderMap,
    body: &[u8],
    asked: impl Fn(&str, &Value) -> Asked,
) -> Result<Begun, Wrong> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let mut state = lock(state);
    let key = header("x-goog-api-key").ok_or(NO_KEY)?;
    if key != state.key {
        return Err(BAD_KEY);
    }
    let fields = header("x-goog-fieldmask").filter(|fields| !fields.is_empty()).ok_or(FIELDS)?;
    let body: Value = serde_json::from_slice(body).map_err(|_| INVALID)?;
    if body["travelMode"] != "DRIVE" || body["routingPreference"] != "TRAFFIC_AWARE" {
        return Err(INVALID);
    }
    state.asked.push(asked(fields, &body));
    match state.answers {
        Answers::NotNow => Err(NOT_NOW),
        Answers::OutOfQuota => Err(QUOTA),
        Answers::Blocked => Err(BLOCKED),
        answers => Ok((answers, fields.to_owned(), body)),
    }
}

async fn wait(answers: Answers) {
    if let Answers::Slowly(milliseconds) = answers {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
}

fn place(waypoint: &Value) -> Option<Place> {
    let at = &waypoint["location"]["latLng"];
    let place = Place { lat: at["latitude"].as_f64()?, lon: at["longitude"].as_f64()? };
    Some(place).filter(|place| place.is_valid())
}

/// The fields that it has at all.
const KNOWN: [&str; 9] = [
    "routes.duration",
    "routes.distanceMeters",
    "routes.polyline.encodedPolyline",
    "originIndex",
    "destinationIndex",
    "status",
    "condition",
    "distanceMeters",
    "duration",
];

/// Of an answer what was asked for; none where it was asked for what there is not.
fn masked(answer: &Value, fields: &str) -> Option<Value> {
    let mut found = Map::new();
    for field in fields.split(',') {
        if !KNOWN.contains(&field) {
            return None;
        }
        let pointer = format!("/{}", field.replace('.', "/"));
        let Some(value) = answer.pointer(&pointer) else { continue };
        let mut parts: Vec<&str> = field.split('.').collect();
        let last = parts.pop()?;
        let mut into = &mut found;
        for part in parts {
            let inner = into.entry(part).or_insert_with(|| json!({}));
            into = inner.as_object_mut()?;
        }
        into.insert(last.to_owned(), value.clone());
    }
    Some(found.into())
}

/// Google's encoded polyline: differences in hundred-thousandths of a degree, five bits to a letter.
fn polyline(places: &[Place]) -> String {
    let mut line = String::new();
    let mut before = (0, 0);
    for place in places {
        let at = ((place.lat * 1e5).round() as i64, (place.lon * 1e5).round() as i64);
        for difference in [at.0 - before.0, at.1 - before.1] {
            let mut bits = if difference < 0 { !(difference << 1) } else { difference << 1 };
            while bits >= 0x20 {
                line.push(char::from((0x20 | (bits & 0x1f)) as u8 + 63));
                bits >>= 5;
            }
            line.push(char::from(bits as u8 + 63));
        }
        before = at;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Google's own description of the format.
    #[test]
    fn lines_are_encoded_as_google_does() {
        let places = [(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)];
        let line = polyline(&places.map(|(lat, lon)| Place { lat, lon }));
        assert_eq!(line, "_p~iF~ps|U_ulLnnqC_mqNvxq`@");
    }

    #[test]
    fn only_what_was_asked_for_is_answered() {
        let answer = json!({ "routes": { "duration": "1s", "distanceMeters": 2 } });
        let wanted = json!({ "routes": { "duration": "1s" } });
        assert_eq!(masked(&answer, "routes.duration"), Some(wanted));
        assert_eq!(masked(&answer, "routes.duration,routes.price"), None);
    }
}
