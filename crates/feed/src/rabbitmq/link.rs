//! The connection to the broker, which comes back by itself, and what is declared there.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{bail, ensure};
use futures::future::{join_all, try_join_all};
use lapin::{
    Channel, Confirmation, Connection, ConnectionProperties, Consumer, ExchangeKind,
    options::{
        BasicConsumeOptions, BasicGetOptions, BasicPublishOptions, BasicQosOptions,
        ConfirmSelectOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions,
        QueueDeleteOptions,
    },
    types::{AMQPValue, FieldTable},
    uri::AMQPUri,
};
use store::Db;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::{Broker, letter};
use crate::{carrier::Message, patience::within};

/// What changes so that a broker which has the old cannot take the new gets the next number; what has
/// the old one is left to be emptied and deleted by hand.
const VERSION: &str = "v1";
/// How often the broker brings a message whose process goes without a word, before it gives it up.
pub(super) const DELIVERY_LIMIT: u8 = 20;
/// How long the broker may take over an answer, or over confirming a batch.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is looked whether a broker that confirms nothing has said that it takes nothing now.
const LOOK: Duration = Duration::from_millis(100);
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
    /// Held while the broker's queues are looked at: meanwhile nobody connects.
    mending: Arc<Mutex<()>>,
}

struct State {
    /// What the connection is for.
    what: &'static str,
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
    connection: Arc<Connection>,
}

impl Open {
    /// Resolves once the broker has said that it takes nothing for now.
    async fn is_blocked(&self) -> anyhow::Error {
        while !self.connection.status().blocked() {
            tokio::time::sleep(LOOK).await;
        }
        full()
    }
}

/// It goes by itself, so the connection is kept: another one would be no better off, and the broker
/// would not notice that this one has gone.
fn full() -> anyhow::Error {
    anyhow::anyhow!("the broker takes nothing now: it is short of memory or of room on its disk")
}

impl Link {
    /// For what is taken, or what is sent.
    pub fn new(db: Db, broker: &Broker, what: &'static str) -> anyhow::Result<Self> {
        let uri = address(&broker.url)?;
        let is_there = Arc::new(AtomicBool::new(false));
        let state = State {
            what,
            connection: None,
            publisher: None,
            is_declared: false,
            generation: 0,
            is_there: Arc::clone(&is_there),
            is_away: false,
            pause: SHORTEST_PAUSE,
            not_before: Instant::now(),
        };
        let (names, state) = (Names::of(&broker.name), Mutex::new(state));
        Ok(Self { uri, names, db, is_there, state, mending: Arc::default() })
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
            Ok(channel) => Ok(Open { channel, generation, connection }),
            Err(error) => Err(state.fail(error)),
        }
    }

    /// Lets the next user declare everything again.
    pub async fn declare_anew(&self) {
        self.state.lock().await.is_declared = false;
    }

    /// A user says that the connection is of no use any more. Nobody waits for what is done about it.
    pub async fn lost(self: &Arc<Self>, generation: u64, error: &anyhow::Error) {
        let mut state = self.state.lock().await;
        let Some(connection) = state.let_go(generation) else { return };
        state.fail(anyhow::anyhow!("{error:#}"));
        let here = Arc::clone(self);
        let alone = Arc::clone(&self.mending).lock_owned().await;
        tokio::spawn(async move {
            if connection.status().connected()
                && let Err(error) = patiently("look", here.mend(&connection)).await
            {
                let error = format!("{error:#}");
                tracing::warn!(error, "the broker's queues are not looked at");
            }
            drop(alone);
            close(&connection).await;
        });
    }

    /// Deletes queues that do not answer although the broker does, so that they are declared anew. RabbitMQ
    /// 3.10 brings one that was declared within a second before it was killed back without a leader, and
    /// from then on confirms nothing that is for it.
    async fn mend(&self, connection: &Connection) -> anyhow::Result<()> {
        let queues = self.queues().await?;
        let names = queues.iter().flat_map(|name| [self.names.queue(name), self.names.dead(name)]);
        let looked = names.map(|name| async move {
            let channel = connection.create_channel().await?;
            let asked = channel.basic_get(name.as_str().into(), BasicGetOptions::default());
            match timeout(ANSWER, asked).await {
                // What it has given comes back to it.
                Ok(Ok(_)) => Ok(channel.close(200, "seen".into()).await?),
                // There is none.
                Ok(Err(_)) => Ok(()),
                Err(_) => give_up(connection, name).await,
            }
        });
        join_all(looked).await.into_iter().collect()
    }

    /// What comes to a queue of the broker, so many at a time.
    pub async fn listen(
        &self,
        channel: &Channel,
        name: String,
        at_once: u16,
    ) -> anyhow::Result<Consumer> {
        let listening = async {
            channel.basic_qos(at_once, BasicQosOptions::default()).await?;
            let (tag, options) = ("".into(), BasicConsumeOptions::default());
            channel.basic_consume(name.into(), tag, options, FieldTable::default()).await
        };
        within(ANSWER, "listen to a queue", listening).await
    }

    /// Sends to the exchange, in order, and waits until the broker has all of it.
    pub async fn publish(self: &Arc<Self>, messages: &[Message]) -> anyhow::Result<()> {
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
        let sent = tokio::select! {
            sent = patiently("confirm", sent) => sent,
            full = open.is_blocked() => return Err(full),
        };
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
            return Ok(Open { channel: channel.clone(), generation, connection });
        }
        let opened = async {
            let channel = connection.create_channel().await?;
            channel.confirm_select(ConfirmSelectOptions::default()).await?;
            Ok(channel)
        };
        match patiently("open a channel", opened).await {
            Ok(channel) => {
                state.publisher = Some(channel.clone());
                Ok(Open { channel, generation, connection })
            }
            Err(error) => Err(state.fail(error)),
        }
    }

    /// The connection, with everything declared.
    async fn connection(&self, state: &mut State) -> anyhow::Result<Arc<Connection>> {
        if let Some(connection) = &state.connection {
            let connection = Arc::clone(connection);
            if !connection.status().connected() {
                state.fail(anyhow::anyhow!("the connection is closed"));
            } else if connection.status().blocked() {
                return Err(state.tell_away(full()));
            } else if state.is_declared {
                state.is_well();
                return Ok(connection);
            }
        }
        ensure!(Instant::now() >= state.not_before, "the broker is away");
        ensure!(self.mending.try_lock().is_ok(), "the broker's queues are looked at");
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
                if state.connection.is_none() {
                    state.generation += 1;
                }
                state.connection = Some(Arc::clone(&connection));
                state.is_declared = true;
                state.is_well();
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
    /// Gives up the connection, where it is still that one.
    fn let_go(&mut self, generation: u64) -> Option<Arc<Connection>> {
        self.connection.take_if(|_| self.generation == generation)
    }

    /// Says once that the broker is of no use now, until it is again.
    fn tell_away(&mut self, error: anyhow::Error) -> anyhow::Error {
        self.is_there.store(false, Ordering::Relaxed);
        if !std::mem::replace(&mut self.is_away, true) {
            let (error, what) = (format!("{error:#}"), self.what);
            tracing::warn!(error, what, "the broker is away: events wait in their outboxes");
        }
        error
    }

    fn is_well(&mut self) {
        self.is_there.store(true, Ordering::Relaxed);
        if std::mem::take(&mut self.is_away) {
            tracing::info!(what = self.what, "the broker is back");
        }
    }

    /// Lets go of the connection, for a while.
    fn fail(&mut self, error: anyhow::Error) -> anyhow::Error {
        let error = self.tell_away(error);
        self.publisher = None;
        self.is_declared = false;
        if let Some(connection) = self.connection.take() {
            tokio::spawn(async move { close(&connection).await });
        }
        self.not_before = Instant::now() + self.pause;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        error
    }
}

async fn close(connection: &Connection) {
    let _ = timeout(PATIENCE, connection.close(200, "lost".into())).await;
}

async fn give_up(connection: &Connection, name: String) -> anyhow::Result<()> {
    tracing::warn!(queue = name, "is made anew: what it held is brought without it");
    let channel = connection.create_channel().await?;
    // Another process may have been quicker.
    let _ = channel.queue_delete(name.into(), QueueDeleteOptions::default()).await;
    Ok(())
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
    patiently("leave the broker", async { Ok(connection.close(200, "seen".into()).await?) }).await
}

pub(super) async fn connect(uri: AMQPUri) -> anyhow::Result<Connection> {
    let name = ConnectionProperties::default().with_connection_name("tipple".into());
    Ok(Connection::connect_uri(uri, name).await?)
}

pub(super) async fn patiently<T>(
    what: &str,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    within(PATIENCE, what, work).await
}
