//! How many wait at the broker, and whether anybody takes them.

use anyhow::Context as _;
use lapin::{Channel, options::QueueDeclareOptions, types::FieldTable};

use super::{
    Queue,
    link::{Names, address, connect, patiently, place},
};

pub(super) async fn look(url: &str, name: &str, followers: &[&str]) -> anyhow::Result<Vec<Queue>> {
    let (uri, names) = (address(url)?, Names::of(name));
    let seen = async {
        let connection = connect(uri.clone()).await?;
        let mut all = Vec::new();
        for follower in followers {
            for (queue, is_dead) in [(names.queue(follower), false), (names.dead(follower), true)] {
                // A channel ends with the first queue that is not there.
                let channel = connection.create_channel().await?;
                all.push(seen(&channel, queue, is_dead).await?);
                channel.close(200, "seen".into()).await?;
            }
        }
        connection.close(200, "seen".into()).await.context("leave the broker")?;
        Ok(all)
    };
    patiently(&place(&uri), seen).await
}

async fn seen(channel: &Channel, name: String, is_dead: bool) -> anyhow::Result<Queue> {
    let options = QueueDeclareOptions { passive: true, ..Default::default() };
    let queue = channel.queue_declare(name.as_str().into(), options, FieldTable::default()).await;
    let queue = queue.with_context(|| format!("the queue {name} is not there"))?;
    Ok(Queue { name, is_dead, waiting: queue.message_count(), takers: queue.consumer_count() })
}
