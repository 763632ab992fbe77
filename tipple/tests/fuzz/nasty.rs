//! Input that nobody sends by accident, and what it does to one operation at a time.

use reqwest::{Method, header::HeaderValue};
use serde_json::Value;

use crate::document::Operation;

/// A request as bytes, for it need not be what a library would send.
#[derive(Clone)]
pub struct Request {
    pub method: Method,
    /// Path and query.
    pub target: String,
    pub headers: Vec<(&'static str, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Request {
    /// The operation as it should be asked.
    pub fn proper(operation: &Operation, path: &str) -> Self {
        let mut headers = Vec::new();
        if let Some((kind, _)) = &operation.body {
            headers.push(("content-type", kind.clone().into_bytes()));
        }
        if operation.requires("Idempotency-Key") {
            let key = kernel::Id::<Self>::new().to_string();
            headers.push(("idempotency-key", key.into_bytes()));
        }
        let body = match &operation.body {
            Some((_, Value::String(text))) => text.clone().into_bytes(),
            Some((_, body)) => body.to_string().into_bytes(),
            None => Vec::new(),
        };
        Self { method: operation.method.clone(), target: path.to_owned(), headers, body }
    }

    pub fn to_read(path: &str) -> Self {
        let target = path.to_owned();
        Self { method: Method::GET, target, headers: Vec::new(), body: Vec::new() }
    }

    fn with_header(&self, name: &'static str, value: &[u8]) -> Self {
        let mut other = self.clone();
        other.headers.retain(|it| it.0 != name);
        other.headers.push((name, value.to_vec()));
        other
    }

    fn with_body(&self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self.clone() }
    }

    fn to(&self, target: String) -> Self {
        Self { target, ..self.clone() }
    }

    pub fn headers(&self) -> impl Iterator<Item = (&'static str, HeaderValue)> {
        self.headers.iter().filter_map(|(name, value)| {
            HeaderValue::from_bytes(value).ok().map(|value| (*name, value))
        })
    }
}

/// Everything nasty about one operation.
pub fn requests(operation: &Operation, proper: &Request) -> Vec<Request> {
    let mut all = Vec::new();
    in_path(operation, proper, &mut all);
    in_query(operation, proper, &mut all);
    in_headers(proper, &mut all);
    match &operation.body {
        Some((kind, body)) if kind == "application/json" => in_json(proper, body, &mut all),
        Some((_, body)) => in_sheet(proper, body.as_str().unwrap_or_default(), &mut all),
        None => all.push(proper.with_header("content-type", b"application/json").with_body("{")),
    }
    all
}

const SEGMENTS: [&str; 14] = [
    "%00",
    "%FF%FE",
    "%ED%A0%80",
    "%F0%9F%8D%BA",
    "%25",
    "%2F",
    "%27%22--",
    "0",
    "-1",
    "9223372036854775808",
    "null",
    "%20",
    "*",
    "00000000-0000-0000-0000-000000000000",
];

fn in_path(operation: &Operation, proper: &Request, all: &mut Vec<Request>) {
    let (bare, query) = proper.target.split_once('?').unwrap_or((&proper.target, ""));
    all.push(proper.to(format!("{bare}/")));
    all.push(proper.to(format!("{bare}/%00?{query}")));
    for name in operation.parameters_in("path") {
        let long = "a".repeat(3000);
        for segment in SEGMENTS.iter().copied().chain([long.as_str()]) {
            // The other names keep what they have.
            let mut real = bare.split('/');
            let segments = operation.path.split('/').map(|part| {
                let there = real.next().unwrap_or_default();
                if part == format!("{{{name}}}") { segment } else { there }
            });
            all.push(proper.to(segments.collect::<Vec<_>>().join("/")));
        }
    }
}

const WORDS: [&str; 26] = [
    "",
    "-1",
    "0",
    "1",
    "101",
    "1e400",
    "NaN",
    "9223372036854775807",
    "-9223372036854775808",
    "99999999999999999999",
    "%00",
    "a%00b",
    "%FF",
    "%",
    "%ED%A0%80",
    "true",
    "null",
    "no-such",
    "%F0%9F%8D%BA",
    "2024-02-30",
    "9999-12-31",
    "-009999-01-01",
    "91,181",
    "nan,inf",
    "1e999,-1e999",
    "'%20or%201=1--",
];

fn in_query(operation: &Operation, proper: &Request, all: &mut Vec<Request>) {
    let path = proper.target.split('?').next().unwrap_or_default();
    for query in ["no-such=1", "%00=1", "a[b]=c&a[]=d", "&&==&", "%", "after=1&after=2"] {
        all.push(proper.to(format!("{path}?{query}")));
    }
    for name in operation.parameters_in("query") {
        let long = "x".repeat(5000);
        for word in WORDS.iter().copied().chain([long.as_str()]) {
            all.push(proper.to(format!("{path}?{name}={word}")));
        }
        all.push(proper.to(format!("{path}?{name}=1&{name}=2")));
    }
}

/// Cursors that a list might give out, but never did.
pub fn cursors(real: Option<&Value>) -> Vec<String> {
    let mut keys: Vec<String> = VALUES.iter().map(|text| (*text).to_owned()).collect();
    keys.push("[".repeat(600));
    let given = real.cloned().unwrap_or(Value::Null);
    for pointer in leaves(&given) {
        keys.extend(some(pointer.len()).map(|text| with_leaf(&given, &pointer, text)));
    }
    keys.iter().map(|key| encoded(key.as_bytes())).collect()
}

/// What a cursor holds.
pub fn decoded(cursor: &str) -> Option<Value> {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()
}

fn encoded(bytes: &[u8]) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(bytes)
}

fn in_headers(proper: &Request, all: &mut Vec<Request>) {
    for (name, values) in HEADERS {
        all.extend(values.iter().map(|value| proper.with_header(name, value)));
        let mut without = proper.clone();
        without.headers.retain(|it| it.0 != *name);
        all.push(without);
    }
    all.push(proper.with_header("idempotency-key", &[b'k'; 300]));
}

const HEADERS: &[(&str, &[&[u8]])] = &[
    (
        "if-match",
        &[
            b"",
            b"*",
            b"\"\"",
            b"\"v-1\"",
            b"W/\"v1\"",
            b"\"v9223372036854775807\"",
            b"\"v-9223372036854775808\"",
            b"\"v9223372036854775808\"",
            b"\xff\xfe",
        ],
    ),
    ("idempotency-key", &[b"", b"\"", b"\"\"", b"a b", b"\xff\xfe", "schlüssel".as_bytes()]),
    (
        "authorization",
        &[
            b"",
            b"Bearer",
            b"Bearer ",
            b"Bearer \xff",
            b"Basic eDp5",
            b"Bearer a.b.c",
            b"Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
        ],
    ),
    (
        "content-type",
        &[
            b"",
            b"text/plain",
            b"application/x-www-form-urlencoded",
            b"application/json; charset=x",
            b"multipart/form-data; boundary=x",
            b"\xff",
        ],
    ),
    ("accept", &[b"text/html", b"image/png", b"\xff"]),
    ("last-event-id", &[b"-1", b"9223372036854775808", b"x", b"\xff"]),
    (
        "sandbox-signature",
        &[b"", b"\xff", b"t=9223372036854775808,v1=00", b"t=-1,v1=zz", b"t=1,v1=", b"v1=00"],
    ),
    ("x-request-id", &[b"\xff", b"a b"]),
    ("traceparent", &[b"\xff", b"00-0-0-0"]),
    ("content-encoding", &[b"gzip", b"no-such"]),
];

/// What stands in place of each leaf of a body, as JSON's own text, sound or not.
const VALUES: [&str; 38] = [
    "null",
    "true",
    "[]",
    "{}",
    "[[]]",
    "{\"\":null}",
    "\"\"",
    "\" \"",
    "\"no-such\"",
    "0",
    "-1",
    "0.1",
    "1e2",
    "1e400",
    "-1e400",
    "NaN",
    "2147483647",
    "2147483648",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551616",
    "\"\\u0000\"",
    "\"a\\u0000b\"",
    "\"\\ud800\"",
    "\"\\udc00\\ud800\"",
    "\"\\u202e\\u200b\"",
    "\"\u{1f37a}\"",
    "\"0001-01-01\"",
    "\"-009999-01-01\"",
    "\"9999-12-31\"",
    "\"2024-02-30\"",
    "\"9999-12-31T23:59:59.999999999Z\"",
    "\"-009999-01-02T00:00:00Z\"",
    "\"24:00\"",
    "\"00000000-0000-0000-0000-000000000000\"",
    "\"'; drop table x; --\"",
];

/// Every third value, others in each place: all of them everywhere take minutes and found no more.
fn some(place: usize) -> impl Iterator<Item = &'static str> {
    VALUES
        .into_iter()
        .enumerate()
        .filter(move |(at, _)| (at + place).is_multiple_of(3))
        .map(|it| it.1)
}

fn in_json(proper: &Request, body: &Value, all: &mut Vec<Request>) {
    let text = body.to_string();
    let nest = |open: &str| open.repeat(100_000);
    for whole in VALUES {
        all.push(proper.with_body(whole));
    }
    for broken in [
        String::new(),
        text[..text.len() / 2].to_owned(),
        text[..text.len() - 1].to_owned(),
        format!("{text}{text}"),
        format!("\u{feff}{text}"),
        format!("{text}\0"),
        text.replacen('{', "{\"no-such\":1,", 1),
        nest("["),
        nest("{\"a\":"),
        "x".repeat(2 * 1024 * 1024),
    ] {
        all.push(proper.with_body(broken));
    }
    all.push(proper.with_body([text.as_bytes(), b"\xff"].concat()));
    all.push(proper.with_body(text.replace("something", "\u{1}").replace('\u{1}', "%").as_bytes()));
    for (place, pointer) in leaves(body).into_iter().enumerate() {
        all.extend(some(place).map(|value| proper.with_body(with_leaf(body, &pointer, value))));
        // Beyond every limit of a text, and once beyond that of the body.
        let length = if place == 0 { 300 * 1024 } else { 20 * 1024 };
        let long = format!("\"{}\"", "x".repeat(length));
        all.push(proper.with_body(with_leaf(body, &pointer, &long)));
        let not_text = with_leaf(body, &pointer, "\"?\"").into_bytes();
        let place = not_text.windows(3).position(|it| it == b"\"?\"").unwrap_or_default();
        let mut invalid = not_text;
        invalid[place + 1] = 0xff;
        all.push(proper.with_body(invalid));
    }
    if let Some((name, value)) = body.as_object().and_then(|fields| fields.iter().next()) {
        let twice = text.replacen('{', &format!("{{\"{name}\":{value},"), 1);
        all.push(proper.with_body(twice));
    }
}

/// Where something stands that could be something else.
fn leaves(value: &Value) -> Vec<String> {
    let parts: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, part)| (name.clone(), part)).collect(),
        // One of many equal ones will do.
        Value::Array(items) => items.iter().take(1).map(|part| ("0".to_owned(), part)).collect(),
        _ => Vec::new(),
    };
    let below = |(name, part): &(String, &Value)| {
        let mut found = vec![format!("/{name}")];
        found.extend(leaves(part).iter().map(|rest| format!("/{name}{rest}")));
        found
    };
    parts.iter().flat_map(below).collect()
}

/// The JSON text with other text in one place.
fn with_leaf(value: &Value, pointer: &str, text: &str) -> String {
    const MARK: &str = "here it goes";
    let mut other = value.clone();
    if let Some(place) = other.pointer_mut(pointer) {
        *place = MARK.into();
    }
    other.to_string().replacen(&format!("\"{MARK}\""), text, 1)
}

/// Sheets that are none, and a sound one with something else in one cell.
fn in_sheet(proper: &Request, sound: &str, all: &mut Vec<Request>) {
    all.extend(SHEETS.iter().map(|text| proper.with_body(*text)));
    all.push(proper.with_body([sound.as_bytes(), b"\xff\xfe\n"].concat()));
    all.push(proper.with_body(format!("{sound}{}", "x".repeat(3 * 1024 * 1024))));
    let mut lines = sound.lines();
    let (header, row) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    for place in 0..header.split(',').count() {
        for word in WORDS.iter().copied().chain(["\0", "\"", "\u{1f37a}", "=1+1"]) {
            let cells: Vec<&str> = row
                .split(',')
                .enumerate()
                .map(|(at, cell)| if at == place { word } else { cell })
                .collect();
            all.push(proper.with_body(format!("{header}\n{}\n", cells.join(","))));
        }
    }
}

const SHEETS: [&str; 13] = [
    "",
    "\n\n\n",
    "\u{feff}product,price\n",
    "\"",
    "product\n\"open",
    "a,a,a\n1,2,3,4,5\n",
    "\0",
    "product,price,tax_class,active\n\0,1,standard,true\n",
    "=1+1,@x\n",
    "product,price,tax_class,active\n00000000-0000-0000-0000-000000000000,1e400,x,maybe\n",
    "product,price,tax_class,active\nx,9223372036854775807,standard,true\n",
    "product;price\r\n1;2\r\n",
    "product\tprice\r1\t2\r",
];
