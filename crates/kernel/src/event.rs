use serde::{Serialize, de::DeserializeOwned};

/// Something that has happened, told to whoever follows. Facts only, in the past tense: ids and
/// the few values a follower needs.
pub trait Event: Serialize + DeserializeOwned + Send + 'static {
    /// `tipple.<service>.<what happened>`: the CloudEvents type and the routing key.
    const KIND: &'static str;
    /// What it happened to, by id. Events of one subject keep their order.
    fn subject(&self) -> String;
}
