//! Several processes of one service, each a real socket: who is asked, and who instead.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::{StreamExt, future::join_all, stream};
use http::{Method, StatusCode, header};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::Barrier,
    task::JoinHandle,
};
use wire::{LEAVING_HEADER, PATIENCE_HEADER, PROBLEM_JSON, Repeatable, Unanswered, Upstream};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(30);

/// A process of the service; it ends when it is dropped.
struct Peer {
    address: String,
    /// How many questions came to it, looks apart.
    seen: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Peer {
    fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }

    /// One that answers with `act`.
    async fn answering<F, W>(act: F) -> Self
    where
        F: Fn(Request) -> W + Clone + Send + Sync + 'static,
        W: Future<Output = Response> + Send + 'static,
    {
        Self::at("127.0.0.1:0", act).await
    }

    async fn at<F, W>(address: &str, act: F) -> Self
    where
        F: Fn(Request) -> W + Clone + Send + Sync + 'static,
        W: Future<Output = Response> + Send + 'static,
    {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&seen);
        let router = Router::new().fallback(move |request: Request| {
            if !is_look(request.uri().path()) {
                counted.fetch_add(1, Ordering::SeqCst);
            }
            act(request)
        });
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, seen, serving }
    }

    async fn fine() -> Self {
        Self::answering(|_| async { "fine".into_response() }).await
    }

    /// One that reads what is asked, says this, and breaks off.
    async fn breaking(said: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&seen);
        let serving = tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut head = vec![0; 16 * 1024];
                let _ = socket.read(&mut head).await;
                counted.fetch_add(1, Ordering::SeqCst);
                let _ = socket.write_all(said.as_bytes()).await;
            }
        });
        Self { address, seen, serving }
    }

    /// One that takes questions and answers none, looks neither.
    async fn hanging() -> Self {
        let seen = |_| std::future::pending::<Response>();
        Self::answering(seen).await
    }
}

fn is_look(path: &str) -> bool {
    path == "/ready"
}

/// An address where nobody listens.
async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

fn upstream(addresses: &[&str]) -> Upstream {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let addresses: Vec<String> = addresses.iter().map(|&address| address.into()).collect();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    Upstream::remote(&addresses, http)
}

/// Looks at the processes until the test ends.
fn looking(upstream: &Upstream) {
    let Upstream::Remote(peers) = upstream else { panic!("a remote one") };
    let peers = Arc::clone(peers);
    tokio::spawn(async move { peers.keep_looking("/ready", || Some("token".into())).await });
}

fn request(method: Method, body: impl Into<Body>) -> Request {
    Request::builder().method(method).uri("/v1/x").body(body.into()).unwrap()
}

async fn get(upstream: &Upstream) -> Result<StatusCode, Unanswered> {
    let answer = upstream.forward(request(Method::GET, Body::empty()), LONG).await?;
    let (parts, body) = answer.into_parts();
    axum::body::to_bytes(body, 1 << 20).await.expect("a whole answer");
    Ok(parts.status)
}

async fn post(upstream: &Upstream) -> Result<StatusCode, Unanswered> {
    let request = request(Method::POST, Body::empty()).map(|_| Bytes::from_static(b"{}"));
    Ok(upstream.send(request, LONG).await?.status())
}

async fn text(answer: Response) -> String {
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a whole answer");
    String::from_utf8_lossy(&body).into_owned()
}

#[tokio::test]
async fn questions_are_spread_evenly() {
    let peers = [Peer::fine().await, Peer::fine().await, Peer::fine().await];
    let upstream = upstream(&peers.each_ref().map(|peer| peer.address.as_str()));
    for _ in 0..30 {
        assert_eq!(get(&upstream).await.unwrap(), 200);
    }
    assert_eq!(peers.each_ref().map(Peer::seen), [10, 10, 10]);
}

#[tokio::test]
async fn whoever_has_less_under_way_is_asked() {
    let all = Arc::new(Barrier::new(10));
    let held = |all: Arc<Barrier>| {
        Peer::answering(move |_| {
            let all = Arc::clone(&all);
            async move {
                all.wait().await;
                "fine".into_response()
            }
        })
    };
    let peers = [held(Arc::clone(&all)).await, held(Arc::clone(&all)).await];
    let upstream = upstream(&peers.each_ref().map(|peer| peer.address.as_str()));
    let asked = (0..10).map(|_| get(&upstream));
    // The barrier opens only when all ten are there at once.
    assert!(join_all(asked).await.into_iter().all(|answer| answer.unwrap() == 200));
    assert_eq!(peers.each_ref().map(Peer::seen), [5, 5]);
}

#[tokio::test]
async fn a_stream_that_is_open_counts_until_it_ends() {
    let streaming = || {
        Peer::answering(|_| async {
            let first = stream::once(async { Ok::<_, std::io::Error>("data: 1\n\n") });
            Body::from_stream(first.chain(stream::pending())).into_response()
        })
    };
    let peers = [streaming().await, streaming().await];
    let upstream = upstream(&peers.each_ref().map(|peer| peer.address.as_str()));
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(upstream.forward(request(Method::GET, Body::empty()), LONG).await.unwrap());
    }
    let (more, fewer) = if peers[0].seen() == 2 { (0, 1) } else { (1, 0) };
    open.push(upstream.forward(request(Method::GET, Body::empty()), LONG).await.unwrap());
    assert_eq!((peers[more].seen(), peers[fewer].seen()), (2, 2));
}

#[tokio::test]
async fn where_nobody_listens_nothing_is_lost() {
    let (dead, fine) = (nobody().await, Peer::fine().await);
    let upstream = upstream(&[&dead, &fine.address]);
    for _ in 0..20 {
        assert_eq!(post(&upstream).await.unwrap(), 200, "it was not sent, so it may go elsewhere");
    }
    assert_eq!(fine.seen(), 20);
    let chunks = stream::iter(["a", "b", "c"]).map(Ok::<_, std::io::Error>);
    let streamed = request(Method::POST, Body::from_stream(chunks));
    assert_eq!(upstream.forward(streamed, LONG).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_body_goes_whole_to_whoever_is_there() {
    let dead = nobody().await;
    let echo = Peer::answering(|request| async move { request.into_body().into_response() }).await;
    for _ in 0..4 {
        // A new list each time, which knows nothing of who is dead.
        let upstream = upstream(&[&dead, &echo.address]);
        let chunks = stream::iter(["a", "b", "c"]).map(Ok::<_, std::io::Error>);
        let streamed = request(Method::POST, Body::from_stream(chunks));
        assert_eq!(text(upstream.forward(streamed, LONG).await.unwrap()).await, "abc");
    }
    assert_eq!(echo.seen(), 4);
}

#[tokio::test]
async fn a_reading_is_asked_again_and_a_deed_is_not() {
    let (breaking, fine) = (Peer::breaking("").await, Peer::fine().await);
    let list = upstream(&[&breaking.address, &fine.address]);
    assert_eq!(get(&list).await.unwrap(), 200);
    assert_eq!((breaking.seen(), fine.seen()), (1, 1));
    let list = upstream(&[&breaking.address, &fine.address]);
    assert!(matches!(post(&list).await, Err(Unanswered::Silent(_))));
    assert_eq!((breaking.seen(), fine.seen()), (2, 1), "it may have had its effect");
    // It has shown what it is, and others are asked first.
    assert_eq!(post(&list).await.unwrap(), 200);
}

#[tokio::test]
async fn a_deed_with_a_key_is_sent_again_whole() {
    let breaking = Peer::breaking("").await;
    let echo = Peer::answering(|request| async move { request.into_body().into_response() }).await;
    let upstream = upstream(&[&breaking.address, &echo.address]);
    let mut keyed = request(Method::POST, "the order");
    keyed.headers_mut().insert(header::CONTENT_LENGTH, 9.into());
    keyed.extensions_mut().insert(Repeatable);
    assert_eq!(text(upstream.forward(keyed, LONG).await.unwrap()).await, "the order");
    assert_eq!((breaking.seen(), echo.seen()), (1, 1));
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_asked_for_anew() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
    let (breaking, fine) = (Peer::breaking(half).await, Peer::fine().await);
    let upstream = upstream(&[&breaking.address, &fine.address]);
    let answer = upstream.forward(request(Method::GET, Body::empty()), LONG).await.unwrap();
    assert_eq!(text(answer).await, "fine");
    assert_eq!((breaking.seen(), fine.seen()), (1, 1));
}

#[tokio::test]
async fn what_stands_between_is_told_from_the_service() {
    let said = |status: StatusCode, kind: &'static str| {
        Peer::answering(move |_| async move {
            (status, [(header::CONTENT_TYPE, kind)], "{}").into_response()
        })
    };
    let (proxy, fine) = (said(StatusCode::BAD_GATEWAY, "text/html").await, Peer::fine().await);
    let list = upstream(&[&proxy.address, &fine.address]);
    assert_eq!(get(&list).await.unwrap(), 200);
    assert_eq!((proxy.seen(), fine.seen()), (1, 1));
    let (no, fine) =
        (said(StatusCode::SERVICE_UNAVAILABLE, PROBLEM_JSON).await, Peer::fine().await);
    let list = upstream(&[&no.address, &fine.address]);
    assert_eq!(get(&list).await.unwrap(), 503, "the service says so itself");
    assert_eq!((no.seen(), fine.seen()), (1, 0));
    let alone = upstream(&[&proxy.address]);
    assert_eq!(post(&alone).await.unwrap(), 502, "nothing better is known");
}

#[tokio::test]
async fn all_that_fail_are_asked_all_the_same() {
    let (one, two) = (nobody().await, nobody().await);
    let upstream = upstream(&[&one, &two]);
    for _ in 0..8 {
        assert!(matches!(post(&upstream).await, Err(Unanswered::Silent(_))));
    }
    let address = one.strip_prefix("http://").unwrap();
    let back = Peer::at(address, |_| async { "fine".into_response() }).await;
    assert_eq!(post(&upstream).await.unwrap(), 200, "at once, whatever pause there was");
    assert_eq!(back.seen(), 1);
}

#[tokio::test]
async fn one_that_hangs_is_left_alone_and_fills_nobodys_time() {
    let hangs = Arc::new(AtomicBool::new(true));
    let hung = Arc::clone(&hangs);
    let hanging = Peer::answering(move |_| {
        let hangs = hung.load(Ordering::SeqCst);
        async move {
            if hangs {
                std::future::pending::<()>().await;
            }
            "fine".into_response()
        }
    })
    .await;
    let upstream = upstream(&[&hanging.address]);
    let short = || request(Method::POST, Body::empty()).map(|_| Bytes::new());
    let patience = Duration::from_millis(2500);
    let answers = join_all((0..5).map(|_| upstream.send(short(), patience))).await;
    assert!(answers.iter().all(|answer| matches!(answer, Err(Unanswered::TooLong))));
    assert_eq!(hanging.seen(), 5);
    // Those who come now do not wait, one apart that finds out.
    let answers = join_all((0..20).map(|_| upstream.send(short(), patience))).await;
    let silent = answers.iter().filter(|answer| matches!(answer, Err(Unanswered::Silent(_))));
    assert!(silent.count() >= 19);
    assert!(hanging.seen() <= 6);
    hangs.store(false, Ordering::SeqCst);
    eventually("it is asked again", || async { post(&upstream).await.is_ok() }).await;
    for _ in 0..5 {
        assert_eq!(post(&upstream).await.unwrap(), 200);
    }
}

#[tokio::test]
async fn whoever_says_that_it_is_not_ready_is_not_asked_until_it_is() {
    let ready = Arc::new(AtomicBool::new(false));
    let is_ready = Arc::clone(&ready);
    let starting = Peer::answering(move |request| {
        let fine = is_ready.load(Ordering::SeqCst) || !is_look(request.uri().path());
        async move {
            let status = if fine { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
            status.into_response()
        }
    })
    .await;
    let fine = Peer::fine().await;
    let upstream = upstream(&[&starting.address, &fine.address]);
    looking(&upstream);
    eventually("it is passed over", || async {
        let before = starting.seen();
        for _ in 0..6 {
            post(&upstream).await.unwrap();
        }
        starting.seen() == before
    })
    .await;
    let before = starting.seen();
    ready.store(true, Ordering::SeqCst);
    eventually("it is asked", || async {
        post(&upstream).await.unwrap();
        starting.seen() > before
    })
    .await;
}

#[tokio::test]
async fn whoever_is_not_asked_is_not_looked_at_and_whoever_answers_well_less_often() {
    let looks = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&looks);
    let peer = Peer::answering(move |request| {
        count.fetch_add(usize::from(is_look(request.uri().path())), Ordering::SeqCst);
        async { "fine".into_response() }
    });
    let peer = peer.await;
    let upstream = upstream(&[&peer.address]);
    looking(&upstream);
    let during = async |pause: Duration, asks: bool| {
        let (before, begun) = (looks.load(Ordering::SeqCst), Instant::now());
        while begun.elapsed() < pause {
            if asks {
                assert_eq!(get(&upstream).await.unwrap(), 200);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        looks.load(Ordering::SeqCst) - before
    };
    assert_eq!(during(Duration::from_millis(1200), false).await, 0, "before anybody asked");
    let looked = during(Duration::from_secs(6), true).await;
    // A look each half second would be twelve.
    assert!((1..=5).contains(&looked), "{looked} while all answers were good");
    let looked = during(Duration::from_secs(3), false).await;
    assert!(looked <= 1, "{looked} after the last question");
}

#[tokio::test]
async fn nobody_waits_for_one_that_is_found_to_be_gone() {
    let (hanging, fine) = (Peer::hanging().await, Peer::fine().await);
    let upstream = upstream(&[&hanging.address, &fine.address]);
    looking(&upstream);
    // As long as nothing is known half of them begin where no answer comes.
    let answers = tokio::time::timeout(LONG / 2, join_all((0..8).map(|_| get(&upstream)))).await;
    assert!(answers.expect("sooner").into_iter().all(|answer| answer.unwrap() == 200));
    assert!(hanging.seen() >= 1 && fine.seen() == 8);
}

#[tokio::test]
async fn whoever_leaves_is_asked_no_more_and_says_so_to_nobody_else() {
    let leaving = Peer::answering(|_| async { ([(LEAVING_HEADER, "1")], "fine").into_response() });
    let (leaving, fine) = (leaving.await, Peer::fine().await);
    let upstream = upstream(&[&leaving.address, &fine.address]);
    let answer = upstream.forward(request(Method::GET, Body::empty()), LONG).await.unwrap();
    assert!(!answer.headers().contains_key(LEAVING_HEADER));
    assert_eq!((leaving.seen(), fine.seen()), (1, 0));
    for _ in 0..5 {
        assert_eq!(post(&upstream).await.unwrap(), 200);
    }
    assert_eq!(fine.seen(), 5);
}

#[tokio::test]
async fn whoever_is_asked_hears_how_long_is_left() {
    let telling = Peer::answering(|request| async move {
        let patience = request.headers()[PATIENCE_HEADER].to_str().unwrap().to_owned();
        patience.into_response()
    })
    .await;
    let local = Upstream::local();
    let here = Router::new().fallback(|request: Request| async move {
        request.headers()[PATIENCE_HEADER].to_str().unwrap().to_owned()
    });
    local.fill(here, None);
    for upstream in [upstream(&[&telling.address]), local] {
        let mut asked = request(Method::GET, Body::empty());
        asked.headers_mut().insert(PATIENCE_HEADER, 99_999_999.into());
        let answer = upstream.forward(asked, LONG).await.unwrap();
        let left: u128 = text(answer).await.parse().unwrap();
        assert!((1..=LONG.as_millis()).contains(&left), "{left}");
    }
    let late = upstream(&[&telling.address]);
    let answer = late.forward(request(Method::GET, Body::empty()), Duration::ZERO).await;
    assert!(matches!(answer, Err(Unanswered::TooLong)));
}

#[tokio::test]
async fn whoever_breaks_off_is_not_mistaken_for_the_service() {
    let reading = Peer::answering(|request| async move { request.into_body().into_response() });
    let reading = reading.await;
    let upstream = upstream(&[&reading.address]);
    for _ in 0..10 {
        let broken = stream::iter([Ok("a"), Err(std::io::Error::other("gone"))]);
        let asked = request(Method::POST, Body::from_stream(broken));
        let answer = upstream.forward(asked, LONG).await;
        // It may have answered before it heard.
        assert!(matches!(answer, Err(Unanswered::CutOff) | Ok(_)));
    }
    assert_eq!(post(&upstream).await.unwrap(), 200);
}

#[tokio::test]
async fn no_more_is_asked_again_than_the_budget_has() {
    let peers = [Peer::breaking("").await, Peer::breaking("").await];
    let upstream = upstream(&peers.each_ref().map(|peer| peer.address.as_str()));
    let begun = Instant::now();
    for _ in 0..200 {
        assert!(get(&upstream).await.is_err());
    }
    let again = peers[0].seen() + peers[1].seen() - 200;
    let few = 20 + usize::try_from(begun.elapsed().as_millis() / 250).unwrap();
    assert!(again >= 20, "a few are asked again: {again}");
    assert!(again <= 200 / 10 + few, "{again} of 200");
}

async fn eventually<W: Future<Output = bool>>(what: &str, is_so: impl Fn() -> W) {
    for _ in 0..400 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never happened: {what}");
}
