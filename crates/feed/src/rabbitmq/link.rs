//! The connection to the broker, which comes back by itself, and what is declared there.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use futures::future::try_join_all;
use lapin::{
    Channel, Confirmation, Connection, ConnectionProperties, Consumer, ExchangeKind,
    options::{
        BasicConsumeOptions, BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions,
        ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions,
    },
    types::{AMQPValue, FieldTable},
    uri::AMQPUri,
};
use store::Db;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::letter;
use crate::carrier::Message;

/// What changes so that a broker which has the old cannot take the new gets the next number; what has
/// the old one is left to be emptied and deleted by hand.
const VERSION: &str = "v1";
/// How often the broker brings a message whose process goes without a word, before it gives it up.
pub(super) const DELIVERY_LIMIT: u8 = 20;
/// How long the broker may take over an answer, or over confirming a batch.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a queue may take to say what it has; where it has said nothing twice it is made anew.
const ANSWER: Duration = Duration::from_secs(5);
/// Seconds after twice which a connection without a sign of life is over, unless the address says.
const HEARTBEAT: u16 = 10;
const SHORTEST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What things are called at the broker.
pub(super) struct Names(String);

impl Names {
    pub fn of(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// To which every event is sent.
    pub fn exchange(&self) -> String {
        format!("{}.events.{VERSION}", self.0)
    }

    /// Of a follower.
    pub fn queue(&self, follower: &str) -> String {
        format!("{}.{follower}.{VERSION}", self.0)
    }

    /// Where the broker lays what it gives up.
    pub fn dead(&self, follower: &str) -> String {
        format!("{}.{follower}.dead.{VERSION}", self.0)
    }
}

pub(super) struct Link {
    uri: AMQPUri,
    pub names: Names,
    db: Db,
    /// Whether it worked the last time.
    is_there: Arc<AtomicBool>,
    state: Mutex<State>,
    mending: Mutex<()>,
}

struct State {
    connection: Option<Arc<Connection>>,
    /// By which everything is published, with confirms.
    publisher: Option<Channel>,
    is_declared: bool,
    /// Of the connection: one that is lost twice is lost once.
    generation: u64,
    is_there: Arc<AtomicBool>,
    /// Somebody has been told so.
    is_away: bool,
    pause: Duration,
    not_before: Instant,
}

/// A channel, and the connection that it belongs to.
pub(super) struct Open {
    pub channel: Channel,
    pub generation: u64,
}

impl Link {
    pub fn new(db: Db, url: &str, name: &str) -> anyhow::Result<Self> {
        let uri = address(url)?;
        let is_there = Arc::new(AtomicBool::new(false));
        let state = State {
            connection: None,
            publisher: None,
            is_declared: false,
            generation: 0,
            is_there: Arc::clone(&is_there),
            is_away: false,
            pause: SHORTEST_PAUSE,
            not_before: Instant::now(),
        };
        let (names, state) = (Names::of(name), Mutex::new(state));
        Ok(Self { uri, names, db, is_there, state, mending: Mutex::default() })
    }

    /// Whether the broker answered the last time that it was asked.
    pub fn is_there(&self) -> bool {
        self.is_there.load(Ordering::Relaxed)
    }

    /// Connects where it is time to, and declares what is to be.
    pub async fn touch(&self) -> anyhow::Result<()> {
        let mut state = self.state.lock().await;
        self.connection(&mut state).await.map(drop)
    }

    /// A new channel, on the connection that there is or a new one.
    pub async fn channel(&self) -> anyhow::Result<Open> {
        let mut state = self.state.lock().await;
        let connection = self.connection(&mut state).await?;
        let generation = state.generation;
        let opened = async { Ok(connection.create_channel().await?) };
        match patiently("open a channel", opened).await {
            Ok(channel) => Ok(Open { channel, generation }),
            Err(error) => Err(state.fail(error)),
        }
    }

    /// Lets the next user declare everything again.
    pub async fn declare_anew(&self) {
        self.state.lock().await.is_declared = false;
    }

    /// A user says that the connection is of no use any more. All who say so of one wait for the first.
    pub async fn lost(&self, generation: u64, error: &anyhow::Error) {
        let _first = self.mending.lock().await;
        let connection = self.state.lock().await.of(generation);
        let Some(connection) = connection else { return };
        if connection.status().connected()
            && let Err(error) = self.mend(&connection).await
        {
            tracing::warn!(error = format!("{error:#}"), "the broker's queues are not looked at");
        }
        let mut state = self.state.lock().await;
        if state.of(generation).is_some() {
            state.fail(anyhow::anyhow!("{error:#}"));
        }
    }

    /// Deletes queues that do not answer although the broker does, so that they are declared anew. RabbitMQ
    /// 3.10 brings one that was declared within a second before it was killed back without a leader, and
    /// from then on confirms nothing that is for it.
    async fn mend(&self, connection: &Connection) -> anyhow::Result<()> {
        for queue in self.queues().await? {
            for name in [self.names.queue(&queue), self.names.dead(&queue)] {
                let channel = connection.create_channel().await?;
                let asked = channel.basic_get(name.as_str().into(), BasicGetOptions::default());
                match timeout(ANSWER, asked).await {
                    // What it has given comes back to it.
                    Ok(Ok(_)) => channel.close(200, "seen".into()).await?,
                    // There is none.
                    Ok(Err(_)) => {}
                    Err(_) => self.give_up(connection, name).await?,
                }
            }
        }
        Ok(())
    }

    async fn give_up(&self, connection: &Connection, name: String) -> anyhow::Result<()> {
        tracing::warn!(queue = name, "is made anew: what it held is brought without it");
        let channel = connection.create_channel().await?;
        let gone = channel.queue_delete(name.into(), QueueDeleteOptions::default());
        // Another process may have been quicker.
        ensure!(timeout(PATIENCE, gone).await.is_ok(), "it cannot be deleted");
        Ok(())
    }

    /// What comes to a queue of the broker.
    pub async fn listen(&self, channel: &Channel, name: String) -> anyhow::Result<Consumer> {
        let (tag, options) = ("".into(), BasicConsumeOptions::default());
        let listening = channel.basic_consume(name.into(), tag, options, FieldTable::default());
        let listening = timeout(ANSWER, listening).await;
        Ok(listening.context("a queue does not answer")??)
    }

    /// Sends to the exchange, in order, and waits until the broker has all of it.
    pub async fn publish(&self, messages: &[Message]) -> anyhow::Result<()> {
        let open = self.publisher().await?;
        let exchange = self.names.exchange();
        let sent = async {
            let mut confirms = Vec::with_capacity(messages.len());
            for message in messages {
                let (properties, body) = letter::write(message)?;
                let (exchange, key) = (exchange.as_str().into(), message.kind.as_str().into());
                let options = BasicPublishOptions::default();
                let channel = &open.channel;
                confirms
                    .push(channel.basic_publish(exchange, key, options, &body, properties).await?);
            }
            for confirmed in try_join_all(confirms).await? {
                ensure!(matches!(confirmed, Confirmation::Ack(_)), "the broker refused an event");
            }
            Ok(())
        };
        let sent = patiently("confirm", sent).await;
        if let Err(error) = &sent {
            self.lost(open.generation, error).await;
        }
        sent
    }

    async fn publisher(&self) -> anyhow::Result<Open> {
        let mut state = self.state.lock().await;
        let connection = self.connection(&mut state).await?;
        let generation = state.generation;
        if let Some(channel) = &state.publisher {
            return Ok(Open { channel: channel.clone(), generation });
        }
        let opened = async {
            let channel = connection.create_channel().await?;
            channel.confirm_select(ConfirmSelectOptions::default()).await?;
            Ok(channel)
        };
        match patiently("open a channel", opened).await {
            Ok(channel) => {
                state.publisher = Some(channel.clone());
                Ok(Open { channel, generation })
            }
            Err(error) => Err(state.fail(error)),
        }
    }

    /// The connection, with everything declared.
    async fn connection(&self, state: &mut State) -> anyhow::Result<Arc<Connection>> {
        if let Some(connection) = &state.connection {
            if !connection.status().connected() {
                state.fail(anyhow::anyhow!("the connection is closed"));
            } else if state.is_declared {
                return Ok(Arc::clone(connection));
            }
        }
        ensure!(Instant::now() >= state.not_before, "the broker is away");
        let kept = state.connection.clone();
        let made = async {
            let connection = match kept {
                Some(connection) => connection,
                None => Arc::new(connect(self.uri.clone()).await?),
            };
            self.declare(&connection).await?;
            Ok(connection)
        };
        match patiently(&place(&self.uri), made).await {
            Ok(connection) => {
                if state.is_away {
                    tracing::info!("the broker is back");
                }
                if state.connection.is_none() {
                    state.generation += 1;
                }
                state.connection = Some(Arc::clone(&connection));
                (state.is_declared, state.is_away) = (true, false);
                self.is_there.store(true, Ordering::Relaxed);
                state.pause = SHORTEST_PAUSE;
                Ok(connection)
            }
            Err(error) => Err(state.fail(error)),
        }
    }

    /// The followers that want anything.
    async fn queues(&self) -> sqlx::Result<Vec<String>> {
        sqlx::query_scalar("select distinct queue from binding").fetch_all(&self.db).await
    }

    /// Exchange, queues, and what they want.
    async fn declare(&self, connection: &Connection) -> anyhow::Result<()> {
        let channel = connection.create_channel().await?;
        let exchange = self.names.exchange();
        let durable = ExchangeDeclareOptions { durable: true, ..Default::default() };
        channel
            .exchange_declare(
                exchange.as_str().into(),
                ExchangeKind::Topic,
                durable,
                FieldTable::default(),
            )
            .await?;
        for queue in self.queues().await? {
            self.declare_queue(&channel, &queue).await?;
        }
        self.bind(&channel).await?;
        channel.close(200, "declared".into()).await?;
        Ok(())
    }

    /// Has the exchange bring each queue what it wants, and no longer what it wanted before.
    async fn bind(&self, channel: &Channel) -> anyhow::Result<()> {
        let exchange = self.names.exchange();
        // Written down before the broker is told: nothing is bound there that nobody remembers.
        let wanted: Vec<(String, String)> = sqlx::query_as(
            "with new as (insert into bound (queue, kind) select queue, kind from binding
                          on conflict do nothing)
             select queue, kind from binding",
        )
        .fetch_all(&self.db)
        .await?;
        for (queue, kind) in wanted {
            let (queue, kind) = (self.names.queue(&queue).into(), kind.into());
            let (exchange, options) = (exchange.as_str().into(), QueueBindOptions::default());
            channel.queue_bind(queue, exchange, kind, options, FieldTable::default()).await?;
        }
        let unwanted: Vec<(String, String)> = sqlx::query_as(
            "select queue, kind from bound b
             where not exists (select from binding where queue = b.queue and kind = b.kind)",
        )
        .fetch_all(&self.db)
        .await?;
        for (queue, kind) in unwanted {
            let (name, key) = (self.names.queue(&queue).into(), kind.as_str().into());
            let exchange = exchange.as_str().into();
            channel.queue_unbind(name, exchange, key, FieldTable::default()).await?;
            sqlx::query(
                "delete from bound b where queue = $1 and kind = $2
                 and not exists (select from binding where queue = $1 and kind = $2)",
            )
            .bind(queue)
            .bind(kind)
            .execute(&self.db)
            .await?;
        }
        Ok(())
    }

    /// A queue of a follower, kept by most of the broker's nodes, and one for what is given up.
    async fn declare_queue(&self, channel: &Channel, queue: &str) -> anyhow::Result<()> {
        let (name, dead) = (self.names.queue(queue), self.names.dead(queue));
        let text = |text: &str| AMQPValue::LongString(text.into());
        let mut quorum = FieldTable::default();
        quorum.insert("x-queue-type".into(), text("quorum"));
        let mut limited = quorum.clone();
        limited.insert("x-delivery-limit".into(), AMQPValue::LongInt(DELIVERY_LIMIT.into()));
        limited.insert("x-dead-letter-exchange".into(), text(""));
        limited.insert("x-dead-letter-routing-key".into(), text(&dead));
        let durable = QueueDeclareOptions { durable: true, ..Default::default() };
        channel.queue_declare(dead.into(), durable, quorum).await?;
        channel.queue_declare(name.into(), durable, limited).await?;
        Ok(())
    }
}

impl State {
    /// The connection, where it is still that one.
    fn of(&self, generation: u64) -> Option<Arc<Connection>> {
        self.connection.clone().filter(|_| self.generation == generation)
    }

    /// Lets go of the connection, for a while; says so once until it is back.
    fn fail(&mut self, error: anyhow::Error) -> anyhow::Error {
        if !self.is_away {
            let error = format!("{error:#}");
            tracing::warn!(error, "the broker is away: events wait in their outboxes");
            self.is_away = true;
        }
        self.is_there.store(false, Ordering::Relaxed);
        self.publisher = None;
        self.is_declared = false;
        if let Some(connection) = self.connection.take() {
            tokio::spawn(async move {
                let closed = connection.close(200, "lost".into());
                let _ = timeout(PATIENCE, closed).await;
            });
        }
        self.not_before = Instant::now() + self.pause;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        error
    }
}

/// Where an address leads, without what is secret in it.
pub(super) fn place(uri: &AMQPUri) -> String {
    let AMQPUri { authority, vhost, .. } = uri;
    format!("RabbitMQ at {}:{}, virtual host `{vhost}`", authority.host, authority.port)
}

pub(super) fn address(url: &str) -> anyhow::Result<AMQPUri> {
    let uri: Result<AMQPUri, String> = url.parse();
    // It has a password, which the error may repeat.
    let Ok(mut uri) = uri else {
        bail!("the broker's address must look like amqp://user:password@host:5672/%2f")
    };
    uri.query.heartbeat.get_or_insert(HEARTBEAT);
    Ok(uri)
}

/// Connects for nothing but to know that it goes.
pub(super) async fn reach(url: &str) -> anyhow::Result<()> {
    let uri = address(url)?;
    let connection = patiently(&place(&uri), connect(uri.clone())).await?;
    connection.close(200, "seen".into()).await.context("leave the broker")
}

pub(super) async fn connect(uri: AMQPUri) -> anyhow::Result<Connection> {
    let name = ConnectionProperties::default().with_connection_name("tipple".into());
    Ok(Connection::connect_uri(uri, name).await?)
}

pub(super) async fn patiently<T>(
    what: &str,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    match timeout(PATIENCE, work).await {
        Ok(done) => done.with_context(|| what.to_owned()),
        Err(_) => bail!("{what}: no answer within {} s", PATIENCE.as_secs()),
    }
}
