//! Sessions of browsers: their refresh token, and what makes the device known, lie in cookies that no
//! script can read. A page asks for that with `X-Session: cookie`: a header that no form of another
//! site can send.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use cookie::{Cookie, SameSite, time::Duration};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Map, Value};
use wire::Problem;

use crate::App;

const REFRESH: &str = "tipple_refresh";
const DEVICE: &str = "tipple_device";
/// Where all that needs them is.
const PATH: &str = "/v1/accounts";
/// Browsers keep no cookie for longer, in days.
const LONGEST: i64 = 400;
/// More than signing in and refreshing ever give, in bytes.
const MOST: usize = 64 << 10;

/// The refresh token that a browser brought.
#[derive(Clone)]
pub struct Brought(pub String);

/// Reads the cookies of a browser that asks for it, and puts into them what its session needs.
pub async fn keep(State(app): State<App>, mut request: Request, next: Next) -> Response {
    if request.headers().get("x-session").is_none_or(|value| value != "cookie") {
        return next.run(request).await;
    }
    let (refresh, device) = (read(request.headers(), REFRESH), read(request.headers(), DEVICE));
    if let Some(device) = device.and_then(|device| HeaderValue::try_from(device).ok()) {
        request.headers_mut().insert("x-device", device);
    }
    if let Some(refresh) = refresh {
        request.extensions_mut().insert(Brought(refresh));
    }
    let (path, method) = (request.uri().path().to_owned(), request.method().clone());
    let response = next.run(request).await;
    let over = match path.strip_prefix(PATH) {
        Some("/sign-out") => response.status().is_success(),
        Some("/sessions/refresh") => response.status() == StatusCode::UNAUTHORIZED,
        _ => false,
    };
    if over {
        return with(response, &[ended(&app)]);
    }
    let gives = method == http::Method::POST && response.status().is_success();
    if gives { moved(&app, response).await } else { response }
}

/// The answer, its tokens in cookies instead.
async fn moved(app: &App, response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MOST).await else {
        return Problem::unavailable("accounts").into_response();
    };
    let Ok(mut answer) = serde_json::from_slice::<Map<String, Value>>(&body) else {
        return Response::from_parts(parts, Body::from(body));
    };
    let days = app.config.session_idle_days;
    let given = [("refresh_token", REFRESH, days), ("device", DEVICE, LONGEST)];
    let cookies: Vec<_> = given
        .into_iter()
        .filter_map(|(field, name, days)| match answer.remove(field) {
            Some(Value::String(text)) => Some(cookie(app, name, text, Duration::days(days))),
            Some(other) => {
                answer.insert(field.to_owned(), other);
                None
            }
            None => None,
        })
        .collect();
    if cookies.is_empty() {
        return Response::from_parts(parts, Body::from(body));
    }
    let body = Bytes::from(Value::Object(answer).to_string());
    parts.headers.insert(header::CONTENT_LENGTH, body.len().into());
    with(Response::from_parts(parts, Body::from(body)), &cookies)
}

fn cookie<'a>(app: &App, name: &'a str, value: String, life: Duration) -> Cookie<'a> {
    Cookie::build((name, value))
        .path(PATH)
        .http_only(true)
        // Without a certificate it is somebody's own machine, whose browser would keep none.
        .secure(app.public_url.starts_with("https://"))
        .same_site(SameSite::Strict)
        .max_age(life)
        .build()
}

fn ended(app: &App) -> Cookie<'static> {
    cookie(app, REFRESH, String::new(), Duration::ZERO)
}

fn with(mut response: Response, cookies: &[Cookie<'_>]) -> Response {
    for cookie in cookies {
        if let Ok(value) = HeaderValue::try_from(cookie.to_string()) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut all = all.flat_map(|text| Cookie::split_parse(text).filter_map(Result::ok));
    let found = all.find(|cookie| cookie.name() == name)?;
    Some(found.value().to_owned()).filter(|value| !value.is_empty())
}
