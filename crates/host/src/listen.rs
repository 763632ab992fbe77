use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{connection::Protocols, first::First};

/// Connections that may be open at once on one socket; more wait to be accepted.
const MOST_CONNECTIONS: usize = 4096;

/// When a process ends: first it says so, and is asked as before; then it takes nothing more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ending {
    pub leaving: CancellationToken,
    pub stop: CancellationToken,
}

/// What holds for a socket to which strangers connect themselves: nobody takes all of it, and nobody
/// takes long to begin. Proxies and processes of the house open connections before they need them.
#[derive(Debug, Clone)]
pub struct Strangers {
    /// Connections that one address (one /64 network of IPv6) may have open at once.
    pub most_each: usize,
    /// Addresses that may have any number.
    pub known: Vec<IpAddr>,
}

/// Answers on a socket until told to stop, then ends what is under way and returns.
pub(crate) async fn serve(
    listener: TcpListener,
    first: First,
    strangers: Option<Strangers>,
    ending: Ending,
) {
    let (free, open_by) = (Arc::new(Semaphore::new(MOST_CONNECTIONS)), Open::default());
    let (protocols, stop) = (Protocols::new(first, ending.clone()), ending.stop);
    let mut open = JoinSet::new();
    loop {
        let accepted = async {
            let permit = Arc::clone(&free).acquire_owned().await;
            (permit, accept(&listener).await)
        };
        let (permit, (stream, address)) = tokio::select! {
            accepted = accepted => accepted,
            () = stop.cancelled() => break,
        };
        let mut protocols = protocols.clone();
        let mut one = None;
        if let Some(strangers) = &strangers {
            let ip = address.ip().to_canonical();
            if !strangers.known.contains(&ip) {
                one = open_by.one_more(network(ip), strangers.most_each);
                if one.is_none() {
                    // It is closed as it is: an answer would have to be waited for too.
                    continue;
                }
            }
            protocols = protocols.of_strangers();
        }
        open.spawn(async move {
            if let Err(error) = protocols.speak(stream, address).await {
                tracing::debug!(error = format!("{error:#}"), "a connection broke");
            }
            drop((permit, one));
        });
        while open.try_join_next().is_some() {}
    }
    drop(listener);
    while open.join_next().await.is_some() {}
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                let _ = stream.set_nodelay(true);
                return (stream, address);
            }
            Err(error) => {
                // Most often too many open files: others will be closed in a while.
                tracing::warn!(%error, "cannot accept connections");
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
        }
    }
}

/// One customer of a provider has a whole /64 of IPv6.
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        IpAddr::V4(_) => address,
    }
}

/// How many connections each network has open.
#[derive(Clone, Default)]
struct Open(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One connection of a network, until it ends.
struct One(Open, IpAddr);

impl Open {
    fn one_more(&self, network: IpAddr, most: usize) -> Option<One> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(network).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(One(self.clone(), network))
    }
}

impl Drop for One {
    fn drop(&mut self) {
        let mut open = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpSocket,
        time::{sleep, timeout},
    };

    use super::*;

    const MOST_EACH: usize = 3;
    const ASKS: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

    async fn listening(known: Vec<IpAddr>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = axum::Router::new().route("/", axum::routing::get(|| async { "here" }));
        let strangers = Some(Strangers { most_each: MOST_EACH, known });
        tokio::spawn(serve(listener, router.into(), strangers, Ending::default()));
        address
    }

    /// Somebody at this address of this machine.
    async fn from(last: u8, address: SocketAddr) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(([127, 0, 0, last], 0).into()).unwrap();
        socket.connect(address).await.unwrap()
    }

    /// Whether it is answered; else it was closed.
    async fn is_answered(mut stream: TcpStream) -> bool {
        let mut first = [0; 4];
        let asked = async {
            stream.write_all(ASKS).await?;
            stream.read_exact(&mut first).await
        };
        timeout(Duration::from_secs(10), asked).await.expect("an answer or an end").is_ok()
    }

    #[tokio::test]
    async fn one_address_leaves_room_for_others() {
        let address = listening(vec![[127, 0, 0, 9].into()]).await;
        let mut idle = Vec::new();
        for _ in 0..MOST_EACH {
            idle.push(from(2, address).await);
        }
        assert!(!is_answered(from(2, address).await).await, "it has its share");
        assert!(is_answered(from(3, address).await).await);
        for _ in 0..2 * MOST_EACH {
            idle.push(from(9, address).await);
        }
        assert!(is_answered(from(9, address).await).await, "this one may have any number");
        idle.clear();
        let again = async {
            while !is_answered(from(2, address).await).await {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(10), again).await.expect("what has ended counts no more");
    }

    #[tokio::test]
    async fn whoever_does_not_ask_is_shown_out() {
        let address = listening(Vec::new()).await;
        for sent in [&b""[..], b"GET / HT", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"]
        {
            let mut silent = from(2, address).await;
            silent.write_all(sent).await.unwrap();
            let mut rest = Vec::new();
            let ended = silent.read_to_end(&mut rest);
            let _ = timeout(Duration::from_secs(30), ended).await.expect("they are not waited for");
        }
        let mut asks = from(2, address).await;
        let mut answer = [0; 4096];
        for _ in 0..2 {
            asks.write_all(ASKS).await.unwrap();
            assert!(asks.read(&mut answer).await.unwrap() > 0);
            // Between two requests there is time.
            sleep(Duration::from_secs(2)).await;
        }
    }

    #[test]
    fn a_network_of_ipv6_is_one() {
        let [one, same, other] = ["2001:db8::1", "2001:db8::f:0:0:1", "2001:db8:0:1::1"]
            .map(|text| network(text.parse().unwrap()));
        assert!(one == same && one != other);
        assert_ne!(network([10, 0, 0, 1].into()), network([10, 0, 0, 2].into()));
    }
}
