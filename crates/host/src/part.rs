use std::{future::Future, pin::Pin, time::Duration};

use axum::Router;
use feed::Follower;
use store::Migration;
use wire::{AtHand, Rule};

use crate::{AtOnce, Context, Strangers};

type Starting = Pin<Box<dyn Future<Output = anyhow::Result<Service>> + Send>>;
type Running = Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>>;

/// A service as the binary knows it: what there is before it starts, and how to start it.
#[derive(Clone, Copy)]
pub struct Part {
    /// Also the name of its schema and the end of its role's.
    pub name: &'static str,
    pub migrations: &'static [Migration],
    /// The kinds of events that it follows.
    pub follows: &'static [&'static str],
    pub open_api: fn() -> utoipa::openapi::OpenApi,
    /// Who may call which operation: a line for each in its OpenAPI document.
    pub access: &'static [Rule],
    /// Whether its router also answers on paths that no document names, and looks after them itself:
    /// pages, and what the gateway passes on.
    pub undocumented: bool,
    pub start: fn(Context) -> Starting,
}

/// A started service.
#[derive(Default)]
pub struct Service {
    /// Paths under `/v1/<name>` for everyone and `/internal/<name>` for the house.
    pub router: Router,
    /// Answers of that router which are kept for everyone alike, as it would give them now.
    pub at_hand: Option<AtHand>,
    /// What holds where strangers connect to this process for it themselves.
    pub strangers: Option<Strangers>,
    /// What is answered before that router is asked, and before all that stands before it.
    pub at_once: Option<AtOnce>,
    pub followers: Vec<Follower>,
    pub jobs: Vec<Job>,
}

/// Work that is done again and again, in every process that runs the service: it must be safe to
/// run twice at once.
pub struct Job {
    pub name: &'static str,
    pub every: Duration,
    pub run: Box<dyn Fn() -> Running + Send + Sync>,
}

impl Job {
    /// Runs `work` with a clone of `app` at this pace; an error is logged and the next round comes.
    pub fn every<A, F, W>(name: &'static str, every: Duration, app: &A, work: F) -> Self
    where
        A: Clone + Send + Sync + 'static,
        F: Fn(A) -> W + Send + Sync + 'static,
        W: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let app = app.clone();
        Self { name, every, run: Box::new(move || Box::pin(work(app.clone()))) }
    }
}
