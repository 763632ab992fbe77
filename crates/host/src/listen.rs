use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::ConnectInfo,
    http::{HeaderValue, header},
    middleware::map_response,
    response::Response,
};
use hyper::{Request, body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use wire::LEAVING_HEADER;

use crate::linger::Lingering;

/// Connections that may be open at once on one socket; more wait to be accepted.
const MOST_CONNECTIONS: usize = 4096;
/// How long a connection may take to send a request's head, or do nothing between two requests:
/// longer than load balancers keep theirs.
const HEAD_PATIENCE: Duration = Duration::from_secs(75);

/// When a process ends: first it says so, and is asked as before; then it takes nothing more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ending {
    pub leaving: CancellationToken,
    pub stop: CancellationToken,
}

/// Answers on a socket until told to stop, then ends what is under way and returns.
pub(crate) async fn serve(listener: TcpListener, router: Router, ending: Ending) {
    let Ending { leaving, stop } = ending;
    let router = router.layer(map_response(move |mut answer: Response| {
        let leaves = leaving.is_cancelled();
        async move {
            if leaves {
                // Nothing is asked on a connection that the end could take away with its question.
                let yes = HeaderValue::from_static("1");
                answer.headers_mut().insert(LEAVING_HEADER, yes);
                let close = HeaderValue::from_static("close");
                answer.headers_mut().insert(header::CONNECTION, close);
            }
            answer
        }
    }));
    let free = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE);
    let (graceful, mut open) = (GracefulShutdown::new(), JoinSet::new());
    loop {
        let accepted = async {
            let permit = Arc::clone(&free).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Most often too many open files: others will be closed in a while.
                tracing::warn!(%error, "cannot accept connections");
                tokio::time::sleep(Duration::from_millis(250)).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let service = router.clone().map_request(move |mut request: Request<Incoming>| {
            // For the gateway's limits.
            request.extensions_mut().insert(ConnectInfo(address));
            request
        });
        let stream = TokioIo::new(Lingering::new(stream));
        let connection = protocol.serve_connection(stream, TowerToHyperService::new(service));
        let connection = graceful.watch(connection);
        open.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
            drop(permit);
        });
        while open.try_join_next().is_some() {}
    }
    drop(listener);
    graceful.shutdown().await;
}
