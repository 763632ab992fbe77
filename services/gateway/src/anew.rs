//! What was given at hand though it was no longer fresh is asked for anew: one address after the other,
//! however full the house is, and however much is asked for.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, Uri},
};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use wire::Upstream;

/// How many may wait. Whatever finds no room is wanted again while it is still given.
const MOST_WANTED: usize = 64;
/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often is looked whether it has come.
const PACE: Duration = Duration::from_millis(20);

pub struct Anew(mpsc::Sender<(Upstream, Uri)>);

impl Anew {
    /// Goes on until this process leaves.
    pub fn begin(leaving: CancellationToken) -> Self {
        let (wanted, mut asked) = mpsc::channel::<(Upstream, Uri)>(MOST_WANTED);
        tokio::spawn(leaving.run_until_cancelled_owned(async move {
            while let Some((upstream, uri)) = asked.recv().await {
                // Where nothing comes of it what is kept becomes too old.
                let _ = timeout(PATIENCE, ask(&upstream, &uri)).await;
            }
        }));
        Self(wanted)
    }

    pub fn wants(&self, upstream: &Upstream, uri: &Uri) {
        let _ = self.0.try_send((upstream.clone(), uri.clone()));
    }
}

/// Until it is fresh, or not at hand any more. Most are wanted by many at once, and asked for once.
async fn ask(upstream: &Upstream, uri: &Uri) {
    let is_stale = || upstream.at_hand(uri).is_some_and(|hand| hand.stale);
    if !is_stale() {
        return;
    }
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = uri.clone();
    // The service answers with what it has, and looks anew beside that.
    let _ = upstream.forward(request, PATIENCE).await;
    while is_stale() {
        sleep(PACE).await;
    }
}
