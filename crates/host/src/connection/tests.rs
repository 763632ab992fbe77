use axum::{
    Router,
    http::{Method, Request, StatusCode},
    response::{IntoResponse, Response},
    routing,
};
use futures::{StreamExt, stream};
use hyper::client::conn::http2::{SendRequest, handshake};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

use super::*;

/// A router that answers with what it saw, streams, and refuses bodies unread.
fn router() -> Router {
    let seen = |request: Request<Body>| async move {
        let header = |name| request.headers().get_all(name).iter().collect::<Vec<_>>();
        format!("{} {:?} {:?}", request.uri(), header(header::HOST), header(header::COOKIE))
    };
    Router::new()
        .route("/seen", routing::get(seen))
        .route("/live", routing::get(live))
        .route("/slow", routing::get(slow))
        .route("/refused", routing::post(|| async { (StatusCode::PAYLOAD_TOO_LARGE, "no") }))
        .route("/closes", routing::get(|| async { [(header::CONNECTION, "close")] }))
}

/// One event at once, and then silence.
async fn live() -> Response {
    let first = stream::once(async { Ok::<_, std::io::Error>("data: 1\n\n") });
    let body = Body::from_stream(first.chain(stream::pending()));
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

/// Half of it at once.
async fn slow() -> Response {
    let half = |text, after| async move {
        tokio::time::sleep(Duration::from_millis(after)).await;
        Ok::<_, std::io::Error>(text)
    };
    let halves = stream::once(half("first ", 0)).chain(stream::once(half("second", 700)));
    Body::from_stream(halves).into_response()
}

async fn listening() -> (SocketAddr, Ending) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, ending) = (listener.local_addr().unwrap(), Ending::default());
    let router = crate::edge::answering(router());
    tokio::spawn(crate::listen::serve(listener, router.into(), None, ending.clone()));
    (address, ending)
}

/// A client, and its connection until that ends.
async fn client(address: SocketAddr) -> (SendRequest<Body>, JoinHandle<hyper::Result<()>>) {
    let stream = TcpStream::connect(address).await.unwrap();
    let (client, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    (client, tokio::spawn(connection))
}

fn get(path: &str) -> Request<Body> {
    Request::get(format!("http://shop.example{path}")).body(Body::empty()).unwrap()
}

async fn text(body: Incoming) -> String {
    let whole = axum::body::to_bytes(Body::new(body), 1 << 20).await.expect("a whole body");
    String::from_utf8(whole.to_vec()).unwrap()
}

#[tokio::test]
async fn handlers_see_what_they_see_of_http1() {
    let (address, _ending) = listening().await;
    let (mut client, _) = client(address).await;
    let mut request = get("/seen?a=b");
    for cookie in ["one=1", "two=2"] {
        request.headers_mut().append(header::COOKIE, HeaderValue::from_static(cookie));
    }
    // What the target says counts.
    request.headers_mut().insert(header::HOST, HeaderValue::from_static("other.example"));
    let answer = client.send_request(request).await.unwrap();
    assert_eq!(answer.version(), hyper::Version::HTTP_2);
    let seen = text(answer.into_body()).await;
    assert_eq!(seen, r#"/seen?a=b ["shop.example"] ["one=1; two=2"]"#);
    let answer = client.send_request(get("/closes")).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(!answer.headers().contains_key(header::CONNECTION));
}

#[tokio::test]
async fn many_requests_share_a_connection_and_a_live_stream_is_one_of_them() {
    let (address, _ending) = listening().await;
    let (mut client, _) = client(address).await;
    let live = client.send_request(get("/live")).await.unwrap();
    let mut events = Body::new(live.into_body()).into_data_stream();
    assert_eq!(events.next().await.unwrap().unwrap(), "data: 1\n\n");
    let asked = (0..150).map(|_| client.send_request(get("/seen")));
    for answer in futures::future::join_all(asked.collect::<Vec<_>>()).await {
        assert_eq!(answer.unwrap().status(), 200);
    }
    let still = tokio::time::timeout(Duration::from_millis(100), events.next()).await;
    assert!(still.is_err(), "{still:?}");
}

#[tokio::test]
async fn a_body_that_nobody_reads_costs_the_others_nothing() {
    let (address, _ending) = listening().await;
    let (mut client, _) = client(address).await;
    for _ in 0..5 {
        let refused = Request::builder().method(Method::POST).uri("http://x/refused");
        let refused = refused.body(Body::from(vec![b'x'; 4 << 20])).unwrap();
        let answer = client.send_request(refused).await.unwrap();
        assert_eq!(answer.status(), 413);
        assert_eq!(text(answer.into_body()).await, "no");
        assert_eq!(client.send_request(get("/seen")).await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_and_the_connection_goes_on() {
    let (address, _ending) = listening().await;
    let (mut client, _) = client(address).await;
    let mut request = get("/seen");
    let long = HeaderValue::from_str(&"x".repeat(MOST_HEADERS as usize)).unwrap();
    request.headers_mut().insert("x-long", long);
    // A client that has heard our limit does not even ask.
    match client.send_request(request).await {
        Ok(answer) => assert_eq!(answer.status(), 431),
        Err(error) => assert!(error.is_user(), "{error}"),
    }
    assert_eq!(client.send_request(get("/seen")).await.unwrap().status(), 200);
}

#[tokio::test]
async fn whoever_leaves_says_so_and_ends_what_is_under_way() {
    let (address, ending) = listening().await;
    let (mut busy, gone) = client(address).await;
    let under_way = busy.send_request(get("/slow")).await.unwrap();
    ending.leaving.cancel();
    assert_eq!(text(under_way.into_body()).await, "first second");
    // The connection ends, with nothing broken.
    tokio::time::timeout(Duration::from_secs(10), gone).await.unwrap().unwrap().unwrap();
    // It still answers whoever comes, once.
    let (mut late, gone) = client(address).await;
    let answer = late.send_request(get("/seen")).await.unwrap();
    assert_eq!(answer.headers()[LEAVING_HEADER], "1");
    assert!(text(answer.into_body()).await.starts_with("/seen"));
    tokio::time::timeout(Duration::from_secs(10), gone).await.unwrap().unwrap().unwrap();
    ending.stop.cancel();
    for _ in 0..400 {
        if TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it still listens");
}

#[tokio::test]
async fn the_end_waits_for_what_is_under_way() {
    let (address, ending) = listening().await;
    let (mut client, gone) = client(address).await;
    let under_way = client.send_request(get("/slow")).await.unwrap();
    ending.stop.cancel();
    assert_eq!(text(under_way.into_body()).await, "first second");
    tokio::time::timeout(Duration::from_secs(10), gone).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn a_method_may_begin_like_the_preface_and_either_may_come_in_pieces() {
    let (address, _ending) = listening().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    for piece in ["P", "UT /seen HTTP/1.1\r\nhost: x\r\n", "connection: close\r\n\r\n"] {
        stream.write_all(piece.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");

    let mut stream = TcpStream::connect(address).await.unwrap();
    for piece in ["PRI * HT", "TP/2.0\r\n\r\nSM\r\n\r", "\n\0\0\0\x04\0\0\0\0\0"] {
        stream.write_all(piece.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(head[3], 4, "settings come first");
}

/// A frame of HTTP/2 (RFC 9113, 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}

const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const GO_AWAY: u8 = 7;
const CONTINUATION: u8 = 9;
/// `GET http://x/live`, as HPACK writes it.
const ASKED: &[u8] = b"\x82\x86\x04\x05/live\x41\x01x";

/// Sends what an attacker sends, as long as it is taken, and says with what error the connection was
/// ended, if with one.
async fn attacked(address: SocketAddr, frames: impl Iterator<Item = Vec<u8>>) -> Option<u32> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let begun = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(SETTINGS, 0, 0, &[])];
    stream.write_all(&begun.concat()).await.unwrap();
    let (mut reads, mut writes) = stream.split();
    let sending = async {
        for frame in frames {
            if writes.write_all(&frame).await.is_err() {
                break;
            }
        }
        std::future::pending::<()>().await;
    };
    let reading = async {
        loop {
            let mut head = [0; 9];
            reads.read_exact(&mut head).await.ok()?;
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let mut payload = vec![0; length as usize];
            reads.read_exact(&mut payload).await.ok()?;
            if head[3] == GO_AWAY {
                return payload[4..8].try_into().ok().map(u32::from_be_bytes);
            }
        }
    };
    let ended = async {
        tokio::select! { () = sending => None, error = reading => error }
    };
    tokio::time::timeout(Duration::from_mins(1), ended).await.expect("the connection is ended")
}

const ENHANCE_YOUR_CALM: u32 = 11;

#[tokio::test]
async fn whoever_takes_requests_back_as_fast_as_they_ask_is_shown_out() {
    let (address, _ending) = listening().await;
    let asked = (0..100_000_u32).map(|number| {
        let stream = 2 * number + 1;
        [frame(HEADERS, 5, stream, ASKED), frame(RESET, 0, stream, &8_u32.to_be_bytes())].concat()
    });
    // Many in one piece: nobody has looked at them when they are taken back.
    let asked: Vec<u8> = asked.flatten().collect();
    let pieces = asked.chunks(1 << 16).map(<[u8]>::to_vec).collect::<Vec<_>>();
    assert_eq!(attacked(address, pieces.into_iter()).await, Some(ENHANCE_YOUR_CALM));
    let (mut client, _) = client(address).await;
    assert_eq!(client.send_request(get("/seen")).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_head_without_end_is_not_read_without_end() {
    let (address, _ending) = listening().await;
    // Literal fields that no table remembers.
    let field = b"\0\x01x\x7f\x00".iter().copied().chain([b'y'; 127]).collect::<Vec<u8>>();
    let first = std::iter::once(frame(HEADERS, 1, 1, ASKED));
    let more = std::iter::repeat_with(move || frame(CONTINUATION, 0, 1, &field.repeat(100)));
    let error = attacked(address, first.chain(more)).await;
    assert_eq!(error, Some(ENHANCE_YOUR_CALM));
    let (mut client, _) = client(address).await;
    assert_eq!(client.send_request(get("/seen")).await.unwrap().status(), 200);
}
