//! What a broker may do to events, and what becomes of them.

use std::time::Duration;

use futures::StreamExt;
use lapin::{
    BasicProperties, Channel, Connection, ConnectionProperties,
    message::BasicGetMessage,
    options::{
        BasicAckOptions, BasicConsumeOptions, BasicGetOptions, BasicNackOptions,
        BasicPublishOptions, QueueDeclareOptions, QueueDeleteOptions, QueuePurgeOptions,
    },
    types::{AMQPValue, FieldTable},
};
use testkit::{Bench, OwnBroker, Way};

use crate::support::{
    PARTS, RunId, Told, UNSENT, all_sent, by_broker, count, heard, hears, run, tell_all, told, wait,
};

const DEAF: &str = "[listener]\ndeaf = true";

/// A house with a broker, on whose queues the test lays hands.
struct Scene {
    bench: Bench,
    /// What the names of the broker begin with.
    name: String,
    connection: Connection,
    id: RunId,
}

impl Scene {
    /// None where there is no RabbitMQ.
    async fn new(sweep_seconds: u32, more: &str) -> Option<Self> {
        let url = testkit::broker()?;
        let settings = format!("{}\n{more}", by_broker(&url, sweep_seconds));
        Some(Self::with(&settings, &url).await)
    }

    /// With the house's settings, and the test's own way to the broker.
    async fn with(settings: &str, url: &str) -> Self {
        let name = settings.split('"').nth(3).expect("a name").to_owned();
        let bench = Bench::of(PARTS).settings(settings).start().await;
        let properties = ConnectionProperties::default();
        let connection = Connection::connect(url, properties).await.expect("the broker");
        Self { bench, name, connection, id: RunId::new() }
    }

    /// On a way to the broker.
    async fn on_a_way(sweep_seconds: u32) -> Option<(Self, Way)> {
        let url = testkit::broker()?;
        let at = url.rsplit_once(':').and_then(|(_, rest)| rest.split_once('/'));
        let (port, _) = at.expect("a port");
        let way = Way::to(port.parse().expect("a port")).await;
        let through = url.replace(port, &way.address.port().to_string());
        Some((Self::with(&by_broker(&through, sweep_seconds), &url).await, way))
    }

    /// Another process, which listens.
    async fn hearing(&self) -> Bench {
        self.bench.another(|toml| toml.replace("deaf = true", "deaf = false")).await
    }

    async fn channel(&self) -> Channel {
        self.connection.create_channel().await.expect("a channel")
    }

    fn queue(&self) -> String {
        format!("{}.listener.v1", self.name)
    }

    fn dead(&self) -> String {
        format!("{}.listener.dead.v1", self.name)
    }

    /// Tells of the numbers up to `many`, of one subject, and waits until the broker has them.
    async fn tell(&self, about: &str, many: u32) -> Vec<u32> {
        let events: Vec<Told> = (0..many).map(|number| told(self.id, about, number)).collect();
        tell_all(&self.bench, &events).await;
        all_sent(&self.bench).await;
        (0..many).collect()
    }

    /// Takes the next message of a queue.
    async fn get(&self, channel: &Channel) -> BasicGetMessage {
        for _ in 0..500 {
            let options = BasicGetOptions::default();
            let got = channel.basic_get(self.queue().into(), options).await.expect("an answer");
            if let Some(message) = got {
                return message;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("nothing comes");
    }

    /// How many messages lie in the queue.
    async fn lie(&self) -> u32 {
        let passive = QueueDeclareOptions { passive: true, ..Default::default() };
        let table = FieldTable::default();
        let channel = self.channel().await;
        channel.queue_declare(self.queue().into(), passive, table).await.unwrap().message_count()
    }

    async fn purge(&self) -> u32 {
        let options = QueuePurgeOptions::default();
        self.channel().await.queue_purge(self.queue().into(), options).await.expect("purged")
    }
}

#[tokio::test]
async fn events_travel_as_cloud_events_that_outlive_the_broker() {
    let Some(scene) = Scene::new(20, DEAF).await else { return };
    scene.tell("order", 2).await;
    let channel = scene.channel().await;
    let first = scene.get(&channel).await.delivery;
    let second = scene.get(&channel).await.delivery;
    let body: serde_json::Value = serde_json::from_slice(&first.data).unwrap();
    assert_eq!(body["specversion"], "1.0");
    assert_eq!(body["type"], "tipple.teller.told");
    assert_eq!(body["subject"], "order");
    let properties = &first.properties;
    let text = |text: &Option<lapin::types::ShortString>| text.clone().unwrap().to_string();
    assert_eq!(text(properties.content_type()), "application/cloudevents+json; charset=utf-8");
    assert_eq!(text(properties.message_id()), body["id"].as_str().unwrap());
    assert_eq!(properties.delivery_mode(), &Some(2));
    assert_eq!(first.routing_key.as_str(), "tipple.teller.told");
    assert_eq!(first.exchange.as_str(), format!("{}.events.v1", scene.name));
    let before = second.properties.headers().clone().unwrap();
    let AMQPValue::LongString(before) = before.inner()["tipple-before"].clone() else {
        panic!("{before:?}")
    };
    assert!(before.to_string().contains(body["id"].as_str().unwrap()), "{before}");
}

#[tokio::test]
async fn a_queue_that_is_purged_twice_loses_nothing() {
    let Some(scene) = Scene::new(1, DEAF).await else { return };
    let wanted = scene.tell("order", 150).await;
    scene.tell("other", 150).await;
    assert!(scene.purge().await > 0);
    run(scene.id, |run| run.pause = Duration::from_millis(2));
    let bench = scene.hearing().await;
    wait(&bench, "some are heard", || async { heard(scene.id, "order").len() > 10 }).await;
    let more: Vec<Told> = (0..200).map(|number| told(scene.id, "third", number)).collect();
    tell_all(&bench, &more).await;
    all_sent(&bench).await;
    scene.purge().await;
    hears(&bench, scene.id, "order", &wanted).await;
    hears(&bench, scene.id, "other", &wanted).await;
    hears(&bench, scene.id, "third", &(0..200).collect::<Vec<_>>()).await;
    let unsettled = "select count(*) from listener.outbox where settled_at is null";
    wait(&bench, "all is settled", || async { count(&bench, unsettled).await == 0 }).await;
    assert_eq!(count(&bench, "select count(*) from feed.message").await, 0);
}

#[tokio::test]
async fn a_queue_that_is_deleted_is_declared_again_and_loses_nothing() {
    let Some(scene) = Scene::new(1, "").await else { return };
    let bench = &scene.bench;
    hears(bench, scene.id, "order", &scene.tell("order", 3).await).await;
    run(scene.id, |run| run.pause = Duration::from_millis(5));
    let wanted = scene.tell("another", 100).await;
    let channel = scene.channel().await;
    let options = QueueDeleteOptions::default();
    channel.queue_delete(scene.queue().into(), options).await.expect("deleted");
    hears(bench, scene.id, "another", &wanted).await;
    hears(bench, scene.id, "later", &scene.tell("later", 3).await).await;
    wait(bench, "it is there again", || async { scene.lie().await == 0 }).await;
}

#[tokio::test]
async fn what_comes_in_another_order_and_twice_is_handled_once_and_in_order() {
    let Some(scene) = Scene::new(20, DEAF).await else { return };
    let wanted = scene.tell("order", 12).await;
    let channel = scene.channel().await;
    let mut taken = Vec::new();
    for _ in 0..12 {
        let delivery = scene.get(&channel).await.delivery;
        delivery.acker.ack(BasicAckOptions::default()).await.expect("acknowledged");
        taken.push(delivery);
    }
    for delivery in taken.iter().rev().chain(&taken) {
        let properties: BasicProperties = delivery.properties.clone();
        let options = BasicPublishOptions::default();
        channel
            .basic_publish("".into(), scene.queue().into(), options, &delivery.data, properties)
            .await
            .expect("published");
    }
    let bench = scene.hearing().await;
    hears(&bench, scene.id, "order", &wanted).await;
    wait(&bench, "the queue is empty", || async { scene.lie().await == 0 }).await;
    assert_eq!(heard(scene.id, "order"), wanted);
}

#[tokio::test]
async fn a_process_that_goes_before_it_has_said_that_it_is_done_gets_it_again() {
    let Some(scene) = Scene::new(20, DEAF).await else { return };
    let wanted = scene.tell("order", 10).await;
    let url = testkit::broker().expect("as before");
    let properties = ConnectionProperties::default();
    let crashed = Connection::connect(&url, properties).await.expect("the broker");
    let channel = crashed.create_channel().await.expect("a channel");
    let mut coming = channel
        .basic_consume(
            scene.queue().into(),
            "".into(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        )
        .await
        .expect("a consumer");
    for _ in 0..5 {
        coming.next().await.expect("a message").expect("a message");
    }
    crashed.close(200, "crashed".into()).await.expect("closed");
    let bench = scene.hearing().await;
    hears(&bench, scene.id, "order", &wanted).await;
}

#[tokio::test]
async fn what_ends_every_process_that_takes_it_is_a_dead_letter() {
    let Some(scene) = Scene::new(20, DEAF).await else { return };
    scene.tell("order", 1).await;
    let channel = scene.channel().await;
    for _ in 0..=20 {
        let delivery = scene.get(&channel).await.delivery;
        let again = BasicNackOptions { requeue: true, ..Default::default() };
        delivery.acker.nack(again).await.expect("given back");
    }
    // And something that is no event at all.
    let options = BasicPublishOptions::default();
    let properties = BasicProperties::default();
    channel
        .basic_publish("".into(), scene.queue().into(), options, b"no event", properties)
        .await
        .expect("published");
    let passive = QueueDeclareOptions { passive: true, ..Default::default() };
    let dead = channel.queue_declare(scene.dead().into(), passive, FieldTable::default()).await;
    assert!(dead.is_ok(), "{dead:?}");

    let bench = scene.hearing().await;
    let carrier = &bench.process.carrier;
    let letters =
        || async { carrier.dead_letters(Some("listener"), 0, 10).await.expect("letters") };
    wait(&bench, "both are dead", || async { letters().await.len() == 2 }).await;
    let letters = letters().await;
    let letter = letters.iter().find(|letter| letter.subject == "order").expect("it is there");
    assert!(letter.error.contains("again and again"), "{}", letter.error);
    let unreadable = letters.iter().find(|letter| letter.kind == "unreadable").expect("too");
    assert_eq!(unreadable.body["unreadable"], "no event");
    carrier.discard(unreadable.seq).await.expect("it is there");
    assert_eq!(heard(scene.id, "order"), [0; 0]);
    // The queue has it behind itself, so that the sweeper lets it lie.
    let behind = "select count(*) from feed.handled h join listener.outbox o using (event_id)";
    assert_eq!(count(&bench, behind).await, 1);
    assert!(carrier.replay(letter.seq).await.expect("an answer"));
    hears(&bench, scene.id, "order", &[0]).await;
}

#[tokio::test]
async fn what_a_queue_no_longer_wants_is_not_brought_to_it() {
    let Some(scene) = Scene::new(20, DEAF).await else { return };
    let carrier = &scene.bench.process.carrier;
    scene.tell("order", 2).await;
    assert_eq!(scene.lie().await, 2);
    carrier.declare_only("listener", &[]).await.expect("declared");
    scene.tell("order", 2).await;
    assert_eq!(scene.lie().await, 2);
    carrier.declare("listener", &["tipple.teller.told"]).await.expect("declared");
    scene.tell("order", 1).await;
    assert_eq!(scene.lie().await, 3);
}

#[tokio::test]
async fn a_house_that_leaves_its_broker_and_one_that_comes_back_lose_nothing() {
    let Some(scene) = Scene::new(20, DEAF).await else { return };
    let url = testkit::broker().expect("as before");
    scene.tell("order", 6).await;
    // The first is lost, and the others wait for it.
    let channel = scene.channel().await;
    let lost = scene.get(&channel).await.delivery;
    lost.acker.ack(BasicAckOptions::default()).await.expect("acknowledged");
    let Scene { bench, id, .. } = scene;
    let bench = bench.restarted(|toml| toml.replace("deaf = true", "deaf = false")).await;
    let waiting = "select count(*) from feed.message where after is not null";
    wait(&bench, "they wait", || async { count(&bench, waiting).await == 5 }).await;
    assert_eq!(heard(id, "order"), [0; 0]);

    let bench = bench.restarted(|toml| toml.replace(&url, "")).await;
    hears(&bench, id, "order", &[0, 1, 2, 3, 4, 5]).await;
    let more = |numbers: std::ops::Range<u32>| numbers.map(|it| told(id, "order", it)).collect();
    let events: Vec<Told> = more(6..9);
    tell_all(&bench, &events).await;
    let back = format!("rabbitmq_url = \"{url}\"");
    let bench = bench.restarted(|toml| toml.replace("rabbitmq_url = \"\"", &back)).await;
    let events: Vec<Told> = more(9..12);
    tell_all(&bench, &events).await;
    hears(&bench, id, "order", &(0..12).collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn a_connection_that_is_cut_again_and_again_loses_nothing() {
    let Some((scene, way)) = Scene::on_a_way(20).await else { return };
    run(scene.id, |run| run.pause = Duration::from_millis(2));
    for round in 0..4_u32 {
        for about in ["one", "two"] {
            let numbers = round * 50..(round + 1) * 50;
            let events: Vec<Told> = numbers.map(|it| told(scene.id, about, it)).collect();
            tell_all(&scene.bench, &events).await;
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
        way.cut();
    }
    let wanted: Vec<u32> = (0..200).collect();
    hears(&scene.bench, scene.id, "one", &wanted).await;
    hears(&scene.bench, scene.id, "two", &wanted).await;
}

#[tokio::test]
async fn what_the_broker_has_not_confirmed_has_not_been_sent() {
    // Nobody would bring it again before the test is over.
    let Some((scene, way)) = Scene::on_a_way(300).await else { return };
    let wanted = scene.tell("order", 1).await;
    hears(&scene.bench, scene.id, "order", &wanted).await;
    way.swallow();
    tell_all(&scene.bench, &[told(scene.id, "order", 1)]).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(count(&scene.bench, UNSENT).await, 1);
    way.cut();
    hears(&scene.bench, scene.id, "order", &[0, 1]).await;
    all_sent(&scene.bench).await;
}

#[tokio::test]
async fn a_process_has_few_of_many_and_leaves_the_others_to_the_next() {
    let Some(scene) = Scene::new(300, DEAF).await else { return };
    let events: Vec<Told> = (0..60).map(|it| told(scene.id, &format!("order {it}"), 0)).collect();
    tell_all(&scene.bench, &events).await;
    all_sent(&scene.bench).await;
    assert_eq!(scene.lie().await, 60);
    run(scene.id, |run| run.pause = Duration::from_secs(5));
    let bench = scene.hearing().await;
    let few = || async { scene.lie().await < 60 };
    wait(&bench, "it has some", few).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(scene.lie().await, 60 - 16);
    let held = "select count(*) from pg_stat_activity where datname = current_database()
         and state = 'idle in transaction' and query like '%inbox%'";
    assert_eq!(count(&bench, held).await, 2, "as many as it has hands");
    run(scene.id, |run| run.pause = Duration::ZERO);
    let all = || async { run(scene.id, |run| run.heard.len()) == 60 };
    wait(&bench, "all are heard", all).await;
}

#[tokio::test]
async fn a_broker_that_is_killed_loses_nothing() {
    let Some(mut broker) = OwnBroker::new() else { return };
    // The house starts without, takes what is told, and sends it when there is a broker.
    let bench = Bench::of(PARTS).settings(&by_broker(&broker.url(), 3)).start().await;
    let other = bench.another(|toml| toml).await;
    let id = RunId::new();
    run(id, |run| run.pause = Duration::from_millis(2));
    let tell = async |numbers: std::ops::Range<u32>| {
        for number in numbers {
            let both = ["one", "two"].map(|about| told(id, about, number));
            tell_all(&bench, &both).await;
        }
    };
    tell(0..20).await;
    assert_eq!(heard(id, "one"), [0; 0]);
    broker.start().await;
    wait(&bench, "some are heard", || async { heard(id, "one").len() > 5 }).await;
    tokio::join!(tell(20..120), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        broker.kill().await;
    });
    broker.start().await;
    tell(120..140).await;
    let wanted: Vec<u32> = (0..140).collect();
    hears(&other, id, "one", &wanted).await;
    hears(&other, id, "two", &wanted).await;
    bench.process.stop().await;
    other.process.stop().await;
    broker.stop().await;
}

#[tokio::test]
async fn a_broker_that_takes_nothing_for_want_of_room_is_told_of_and_loses_nothing() {
    let Some(mut broker) = OwnBroker::new() else { return };
    broker.start().await;
    let bench = Bench::of(PARTS).settings(&by_broker(&broker.url(), 300)).start().await;
    let carrier = &bench.process.carrier;
    let id = RunId::new();
    let tell = async |number: u32| tell_all(&bench, &[told(id, "order", number)]).await;
    tell(0).await;
    hears(&bench, id, "order", &[0]).await;
    assert_eq!(carrier.reaches_broker(), Some(true));

    broker.is_short_of_room(true).await;
    tell(1).await;
    let is_away = || async { carrier.reaches_broker() == Some(false) };
    wait(&bench, "the house says so", is_away).await;
    tell(2).await;
    assert_eq!(heard(id, "order"), [0]);
    // Nobody holds a transaction open meanwhile.
    let held = "select count(*) from pg_stat_activity where datname = current_database()
         and state = 'idle in transaction' and state_change < now() - interval '3 seconds'";
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(count(&bench, held).await, 0);

    broker.is_short_of_room(false).await;
    hears(&bench, id, "order", &[0, 1, 2]).await;
    wait(&bench, "it is there", || async { carrier.reaches_broker() == Some(true) }).await;
    bench.process.stop().await;
    broker.stop().await;
}
