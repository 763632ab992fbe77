//! The gateway asked by HTTP/2.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Request, Version},
};
use futures::StreamExt;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::{net::TcpStream, task::JoinHandle};

async fn client(
    address: std::net::SocketAddr,
) -> (SendRequest<Body>, JoinHandle<hyper::Result<()>>) {
    let stream = TcpStream::connect(address).await.unwrap();
    let (client, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    (client, tokio::spawn(connection))
}

fn get(path: &str) -> Request<Body> {
    Request::get(format!("http://shop.example{path}")).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_service_is_asked_as_if_by_http1_and_what_belongs_to_the_connection_stays() {
    let mut bench = super::bench().start().await;
    let (mut client, _) = client(super::listening(&mut bench).await).await;
    let mut request = get("/v1/orders/echo?a=b");
    for (name, value) in [("te", "trailers"), ("cookie", "one=1"), ("cookie", "two=2")] {
        let (name, value) = (HeaderName::from_static(name), HeaderValue::from_static(value));
        request.headers_mut().append(name, value);
    }
    let answer = client.send_request(request).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.version()), (200, Version::HTTP_2));
    let body = axum::body::to_bytes(Body::new(answer.into_body()), 1 << 20).await.unwrap();
    let seen: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(seen["uri"], "/v1/orders/echo?a=b");
    assert_eq!(seen["headers"]["cookie"], "one=1; two=2");
    assert_eq!(seen["headers"]["host"], "shop.example");
    assert!(seen["headers"].get("te").is_none(), "{seen}");
    // Nothing is reached that could not be reached before.
    for path in ["/internal/orders/secret", "/v1/orders/..%2f..%2finternal/orders/secret"] {
        assert_eq!(client.send_request(get(path)).await.unwrap().status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_live_stream_goes_on_beside_other_requests_and_ends_with_word_when_to_come_again() {
    let mut bench = super::bench().leave_notice_ms(500).start().await;
    let (mut client, gone) = client(super::listening(&mut bench).await).await;
    let live = client.send_request(get("/v1/orders/live")).await.unwrap();
    let mut events = Body::new(live.into_body()).into_data_stream();
    assert_eq!(events.next().await.unwrap().unwrap(), "data: 1\n\n");
    for _ in 0..20 {
        assert_eq!(client.send_request(get("/v1/orders/echo")).await.unwrap().status(), 200);
    }
    let ended = tokio::spawn(bench.process.stop());
    // The end may come as a piece of its own, with nothing in it.
    let last: Vec<_> = events.map(|piece| piece.expect("nothing breaks")).collect().await;
    assert_eq!(last.concat(), b"retry: 1000\n\n");
    tokio::time::timeout(Duration::from_secs(10), gone).await.unwrap().unwrap().unwrap();
    ended.await.unwrap();
}
