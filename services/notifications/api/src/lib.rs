//! Nobody calls notifications: it follows events. What there is to know is the name of a message.

/// One message to one person or store over one channel.
pub enum Message {}
/// Names a message.
pub type MessageId = kernel::Id<Message>;
