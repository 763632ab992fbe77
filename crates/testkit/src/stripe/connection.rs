//! A server that can cut a connection before it has answered, which a router cannot.

use std::{convert::Infallible, io};

use axum::{
    body::{Body, Bytes, to_bytes},
    response::Response,
};
use http::{Method, Request, StatusCode, Uri, request::Parts};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

use super::{Stripe, api, pages};

/// Larger than any call of ours.
const LARGEST: usize = 1 << 20;

/// What comes of a call.
pub enum Outcome {
    Json {
        status: u16,
        body: Value,
        replayed: bool,
    },
    Page(StatusCode, String),
    Script(&'static str),
    Redirect(String),
    /// The connection is cut.
    Cut,
}

pub struct Asked {
    pub method: Method,
    pub uri: Uri,
    pub parts: Parts,
    pub body: Bytes,
}

pub async fn serve(listener: TcpListener, stripe: Stripe) -> Infallible {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connected(stream, stripe.clone()));
        }
    }
}

async fn connected(stream: TcpStream, stripe: Stripe) {
    let service = service_fn(move |request| {
        // In a task of its own: a call goes on when its caller hangs up.
        let answer = tokio::spawn(answer(stripe.clone(), request));
        async move { answer.await.ok().flatten().ok_or_else(|| io::Error::other("cut")) }
    });
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(stripe: Stripe, request: Request<Incoming>) -> Option<Response> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(Body::new(body), LARGEST).await.ok()?;
    let asked = Asked { method: parts.method.clone(), uri: parts.uri.clone(), parts, body };
    let outcome = if asked.uri.path().starts_with("/v1/") {
        api::answer(&stripe, &asked).await
    } else {
        pages::answer(&stripe, &asked)
    };
    let response = Response::builder();
    let response = match outcome {
        Outcome::Cut => return None,
        Outcome::Json { status, body, replayed } => {
            let mut response = response
                .status(status)
                .header("content-type", "application/json")
                .header("request-id", format!("req_{}", &kernel::random_token()[..14]));
            if replayed {
                response = response.header("idempotent-replayed", "true");
            }
            response.body(Body::from(body.to_string()))
        }
        Outcome::Page(status, text) => response
            .status(status)
            .header("content-type", "text/html; charset=utf-8")
            .body(Body::from(text)),
        Outcome::Script(text) => {
            response.header("content-type", "text/javascript").body(Body::from(text))
        }
        Outcome::Redirect(url) => response.status(303).header("location", url).body(Body::empty()),
    };
    response.ok()
}
