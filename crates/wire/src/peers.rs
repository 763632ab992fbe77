//! The processes of one service: which of them is asked, and when another one is asked instead.

mod budget;
mod question;
mod standing;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::body::Body;
use http::{Response, StatusCode, header};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, timeout_at},
};

pub use self::question::{Question, Repeatable, milliseconds};
use self::{
    budget::Budget,
    standing::{Came, Standing, Use},
};
use crate::{HOUSE_HEADER, LEAVING_HEADER, PROBLEM_JSON};

/// So many processes are asked for one answer.
const MOST_TRIES: usize = 3;
/// How often each process is looked at that is asked, and how long that may take: what is dead is known
/// within twice the one and the other.
const LOOK_EVERY: Duration = Duration::from_millis(500);
const LOOK_PATIENCE: Duration = Duration::from_secs(1);
/// Of one whose answers show that it is well, each so-manieth look is made.
const MOST_PASSED_OVER: usize = 4;
/// The shortest time between two looks, however much fails.
const LOOK_PAUSE: Duration = Duration::from_millis(100);
/// Whoever waited for less than this has not shown that a process hangs.
const SILENCE: Duration = Duration::from_secs(2);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    #[error("took too long")]
    TooLong,
    /// Whoever asks did not send all of it.
    #[error("the body broke off")]
    CutOff,
    #[error("{0:#}")]
    Silent(#[from] anyhow::Error),
}

/// The processes of one service on the network.
pub struct Peers {
    all: Vec<Arc<Peer>>,
    http: reqwest::Client,
    budget: Mutex<Budget>,
    /// Who is the first among equals.
    turn: Mutex<usize>,
    /// Whether anybody has asked them from here since they were last looked at.
    asked: AtomicBool,
    suspected: Notify,
}

struct Peer {
    base: String,
    under_way: AtomicUsize,
    standing: Mutex<Standing>,
    /// Whether all that it answered since it was last looked at was well, and it was something.
    well: AtomicBool,
    /// How many looks in a row were spared it for that.
    passed_over: AtomicUsize,
    /// Whether it did not answer when it was looked at.
    gone: watch::Sender<bool>,
}

/// A question to one process, until its answer has been read.
struct UnderWay(Arc<Peer>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A try that gave no answer, or one of something between that nobody wants.
struct Miss {
    /// Nobody has seen any of it.
    unsent: bool,
    answer: Result<Response<Body>, Unanswered>,
}

impl Miss {
    fn sent(error: Unanswered) -> Self {
        Self { unsent: false, answer: Err(error) }
    }
}

impl Peer {
    fn with<T>(&self, act: impl FnOnce(&mut Standing) -> T) -> T {
        act(&mut self.standing.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether to look at it: what it answered since this was last said does not show that it is well, or
    /// has shown so for long.
    fn is_due(&self) -> bool {
        let well = self.well.swap(false, Ordering::Relaxed)
            && self.with(|standing| standing.of_use(Instant::now())) == Use::Fit;
        let passed_over = self.passed_over.load(Ordering::Relaxed) + 1;
        let due = !well || passed_over >= MOST_PASSED_OVER;
        self.passed_over.store(if due { 0 } else { passed_over }, Ordering::Relaxed);
        due
    }

    /// Resolves when a look finds nobody there any more.
    async fn goes(&self) {
        let mut gone = self.gone.subscribe();
        loop {
            if gone.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            if *gone.borrow_and_update() {
                return;
            }
        }
    }

    /// Asks it whether it is ready, and notes what it says.
    async fn look(&self, http: &reqwest::Client, path: &str, token: &str) {
        let asked = http.get(format!("{}{path}", self.base)).header(HOUSE_HEADER, token);
        let answer = asked.timeout(LOOK_PATIENCE).send().await;
        let ready = answer.as_ref().is_ok_and(|answer| !answer.status().is_server_error());
        let was = self.with(|standing| {
            let was = standing.of_use(Instant::now());
            standing.looked(ready);
            was
        });
        let is = self.with(|standing| standing.of_use(Instant::now()));
        if was != is {
            tracing::info!(address = self.base, ?is, "a process is seen differently");
        }
        self.gone.send_if_modified(|gone| std::mem::replace(gone, answer.is_err()) != *gone);
    }
}

impl Peers {
    /// The processes at these addresses: `http://host:port`.
    pub fn new(addresses: &[String], http: reqwest::Client) -> Self {
        let all = addresses.iter().map(|address| {
            Arc::new(Peer {
                base: address.trim_end_matches('/').into(),
                under_way: AtomicUsize::new(0),
                standing: Mutex::default(),
                well: AtomicBool::new(false),
                passed_over: AtomicUsize::new(0),
                gone: watch::Sender::new(false),
            })
        });
        Self {
            all: all.collect(),
            http,
            budget: Mutex::new(Budget::new(Instant::now())),
            turn: Mutex::default(),
            asked: AtomicBool::new(false),
            suspected: Notify::new(),
        }
    }

    /// Asks one of them, and where that is safe another one when no answer comes.
    pub async fn ask(
        &self,
        question: Question,
        deadline: Instant,
    ) -> Result<Response<Body>, Unanswered> {
        self.asked.store(true, Ordering::Relaxed);
        // A timer that is due may come a millisecond late, and a near process would answer before it.
        if Instant::now() >= deadline {
            return Err(Unanswered::TooLong);
        }
        self.budget.lock().unwrap_or_else(PoisonError::into_inner).earn();
        // One address may be that of many, of which one has just ended.
        let most = self.all.len().clamp(2, MOST_TRIES);
        let (mut tries, mut tried) = (0, Vec::new());
        let mut missed = Err(anyhow::anyhow!("hangs, and is left alone").into());
        while let Some(under_way) = self.choose(&tried) {
            tries += 1;
            tried.push(Arc::clone(&under_way.0));
            let movable = question.repeatable && tried.len() < self.all.len().min(most);
            let miss = match self.attempt(under_way, &question, (deadline, movable)).await {
                Ok(answer) => return Ok(answer),
                Err(miss) => miss,
            };
            missed = miss.answer;
            if question.has_failed() {
                return Err(Unanswered::CutOff);
            }
            let late = tries >= most || Instant::now() >= deadline;
            if late || !self.may_be_asked_again(&question, miss.unsent) {
                break;
            }
            if self.all.len() == 1 && !miss.unsent {
                tried.clear();
            }
        }
        missed
    }

    /// The one of those not yet tried that has the fewest questions under way, of equals each in
    /// turn. What fails is asked only where nothing else is left, for all of it may fail a little;
    /// what hangs is not.
    fn choose(&self, tried: &[Arc<Peer>]) -> Option<UnderWay> {
        let now = Instant::now();
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let from = *turn % self.all.len().max(1);
        let in_turn = self.all[from..].iter().chain(&self.all[..from]);
        let left = in_turn.filter(|peer| !tried.iter().any(|other| Arc::ptr_eq(peer, other)));
        let ranked = left.filter_map(|peer| {
            let rank = match peer.with(|standing| standing.of_use(now)) {
                Use::Fit => 0,
                Use::Worst => 1,
                Use::Hangs => return None,
            };
            Some(((rank, peer.under_way.load(Ordering::Relaxed)), peer))
        });
        let (_, peer) = ranked.min_by_key(|(rank, _)| *rank)?;
        *turn = turn.wrapping_add(1);
        peer.under_way.fetch_add(1, Ordering::Relaxed);
        peer.with(|standing| standing.asked(now));
        Some(UnderWay(Arc::clone(peer)))
    }

    fn may_be_asked_again(&self, question: &Question, unsent: bool) -> bool {
        if unsent {
            return question.is_whole_still();
        }
        let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        question.repeatable && budget.spend(Instant::now())
    }

    /// Asks this one. Where another could be asked instead, nobody waits for one that is found to
    /// be gone.
    async fn attempt(
        &self,
        under_way: UnderWay,
        question: &Question,
        (deadline, movable): (Instant, bool),
    ) -> Result<Response<Body>, Miss> {
        let (peer, begun) = (Arc::clone(&under_way.0), Instant::now());
        let request =
            question.to(&peer.base, deadline).map_err(|error| Miss::sent(error.into()))?;
        let asking = async {
            let answer = self.http.execute(request).await?;
            question.read(answer, under_way).await
        };
        let answer = tokio::select! {
            answer = timeout_at(deadline, asking) => answer,
            () = peer.goes(), if movable => {
                return Err(Miss::sent(anyhow::anyhow!("is gone").into()));
            }
        };
        match answer {
            Ok(Ok(answer)) => self.judge(&peer, answer),
            Ok(Err(error)) => {
                let unsent = error.is_connect();
                if !question.has_failed() {
                    self.note(&peer, if unsent { Came::Refused } else { Came::Broken });
                }
                Err(Miss { unsent, answer: Err(anyhow::Error::from(error).into()) })
            }
            Err(_) => {
                if begun.elapsed() >= SILENCE && question.is_sent() {
                    self.note(&peer, Came::Silent);
                }
                Err(Miss::sent(Unanswered::TooLong))
            }
        }
    }

    /// Whether an answer is one of the service's own.
    fn judge(&self, peer: &Peer, mut answer: Response<Body>) -> Result<Response<Body>, Miss> {
        let nobodys = matches!(
            answer.status(),
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
        );
        let kind = answer.headers().get(header::CONTENT_TYPE);
        if nobodys && kind.is_none_or(|kind| kind != PROBLEM_JSON) {
            self.note(peer, Came::Broken);
            return Err(Miss { unsent: false, answer: Ok(answer) });
        }
        let leaving = answer.headers_mut().remove(LEAVING_HEADER).is_some();
        self.note(peer, if leaving { Came::Leaving } else { Came::Answered });
        peer.well.store(!leaving && !answer.status().is_server_error(), Ordering::Relaxed);
        Ok(answer)
    }

    /// Whether anybody has asked since this was last said, or waits for an answer.
    fn are_asked(&self) -> bool {
        let waits = |peer: &Arc<Peer>| peer.under_way.load(Ordering::Relaxed) > 0;
        self.asked.swap(false, Ordering::Relaxed) || self.all.iter().any(waits)
    }

    fn note(&self, peer: &Peer, came: Came) {
        peer.with(|standing| standing.take(came, Instant::now()));
        if came != Came::Answered {
            peer.well.store(false, Ordering::Relaxed);
            tracing::info!(address = peer.base, ?came, "a process may be left alone");
            self.suspected.notify_one();
        }
    }

    /// Looks again and again, while anybody asks from here, and less often at those whose answers show that
    /// they are well: `path` answers whether a process is ready, and `token` makes what it wants to see.
    pub async fn keep_looking(&self, path: &str, token: impl Fn() -> Option<String>) {
        loop {
            if self.are_asked() {
                let token = token().unwrap_or_default();
                let due = self.all.iter().filter(|peer| peer.is_due());
                let looks = due.map(|peer| peer.look(&self.http, path, &token));
                futures::future::join_all(looks).await;
            }
            tokio::time::sleep(LOOK_PAUSE).await;
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY.saturating_sub(LOOK_PAUSE)) => {}
                () = self.suspected.notified() => {}
            }
        }
    }
}
