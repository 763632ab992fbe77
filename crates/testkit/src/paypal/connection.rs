//! A server that can cut a connection before it has answered, which a router cannot.

use std::{convert::Infallible, io};

use axum::{
    body::{Body, Bytes, to_bytes},
    response::Response,
};
use http::{Request, request::Parts};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

use super::{PayPal, api};

/// Larger than any call of ours.
const LARGEST: usize = 1 << 20;

/// What comes of a call.
pub enum Outcome {
    Json(u16, Value),
    Nothing,
    Text(&'static str, String),
    Redirect(String),
    /// The connection is cut.
    Cut,
}

pub struct Asked {
    pub parts: Parts,
    pub body: Bytes,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A parameter of the query.
    pub fn query(&self, name: &str) -> Option<String> {
        let query = self.parts.uri.query()?.as_bytes();
        let found = url::form_urlencoded::parse(query).find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned())
    }
}

pub async fn serve(listener: TcpListener, paypal: PayPal) -> Infallible {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connected(stream, paypal.clone()));
        }
    }
}

async fn connected(stream: TcpStream, paypal: PayPal) {
    let service = service_fn(move |request| {
        // In a task of its own: a call goes on when its caller hangs up.
        let answer = tokio::spawn(answer(paypal.clone(), request));
        async move { answer.await.ok().flatten().ok_or_else(|| io::Error::other("cut")) }
    });
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(paypal: PayPal, request: Request<Incoming>) -> Option<Response> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(Body::new(body), LARGEST).await.ok()?;
    let outcome = api::answer(&paypal, &Asked { parts, body }).await;
    let response = Response::builder().header("paypal-debug-id", &kernel::random_token()[..13]);
    let response = match outcome {
        Outcome::Cut => return None,
        Outcome::Json(status, body) => response
            .status(status)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string())),
        Outcome::Nothing => response.status(204).body(Body::empty()),
        Outcome::Text(kind, text) => response.header("content-type", kind).body(Body::from(text)),
        Outcome::Redirect(url) => response.status(302).header("location", url).body(Body::empty()),
    };
    response.ok()
}
