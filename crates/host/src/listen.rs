use std::{sync::Arc, time::Duration};

use axum::Router;
use tokio::{net::TcpListener, sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::connection::Protocols;

/// Connections that may be open at once on one socket; more wait to be accepted.
const MOST_CONNECTIONS: usize = 4096;

/// When a process ends: first it says so, and is asked as before; then it takes nothing more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ending {
    pub leaving: CancellationToken,
    pub stop: CancellationToken,
}

/// Answers on a socket until told to stop, then ends what is under way and returns.
pub(crate) async fn serve(listener: TcpListener, router: Router, ending: Ending) {
    let free = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let (protocols, stop) = (Protocols::new(router, ending.clone()), ending.stop);
    let mut open = JoinSet::new();
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
        let protocols = protocols.clone();
        open.spawn(async move {
            if let Err(error) = protocols.speak(stream, address).await {
                tracing::debug!(error = format!("{error:#}"), "a connection broke");
            }
            drop(permit);
        });
        while open.try_join_next().is_some() {}
    }
    drop(listener);
    while open.join_next().await.is_some() {}
}
