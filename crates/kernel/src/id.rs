use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// An identifier of one kind of thing: a UUID version 7, so that newer ids sort later.
///
/// `Id<Order>` and `Id<Store>` do not mix. In JSON it is the usual hyphenated text.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// A new identifier, unique without asking anyone.
    #[allow(clippy::new_without_default, clippy::disallowed_methods)]
    pub fn new() -> Self {
        Self(Uuid::now_v7(), PhantomData)
    }

    /// The plain value, for a database column.
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    pub const fn from_uuid(value: Uuid) -> Self {
        Self(value, PhantomData)
    }

    /// The same value as an identifier of another kind, where two kinds share it:
    /// a customer is a person.
    pub const fn cast<U>(self) -> Id<U> {
        Id(self.0, PhantomData)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<T> FromStr for Id<T> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self::from_uuid)
    }
}
impl<T> From<Uuid> for Id<T> {
    fn from(value: Uuid) -> Self {
        Self::from_uuid(value)
    }
}
impl<T> From<Id<T>> for Uuid {
    fn from(id: Id<T>) -> Self {
        id.0
    }
}
impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::from_uuid)
    }
}
impl<T> utoipa::__dev::ComposeSchema for Id<T> {
    fn compose(
        _: Vec<utoipa::openapi::RefOr<utoipa::openapi::Schema>>,
    ) -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::{KnownFormat, SchemaFormat, schema::Type};
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
            .into()
    }
}
impl<T> utoipa::ToSchema for Id<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }
}

/// Declares a kind of thing and the name of its identifier.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $id:ident;)*) => {$(
        $(#[$doc])*
        pub enum $kind {}
        /// Names one of its kind.
        pub type $id = Id<$kind>;
    )*};
}

kinds! {
    /// Anyone with an account.
    Person PersonId;
    /// A person who buys; the same identifier as the person's.
    Customer CustomerId;
    /// A person who delivers; the same identifier as the person's.
    Driver DriverId;
    /// A person's address.
    Address AddressId;
    /// A business that owns stores.
    Vendor VendorId;
    /// Someone's signing in on one device, until it ends.
    Session SessionId;
    /// A licensed store.
    Store StoreId;
    /// Something that can be sold.
    Product ProductId;
    /// What a customer is about to buy from one store.
    Cart CartId;
    /// One purchase from one store.
    Order OrderId;
    /// One line of an order.
    Line LineId;
    /// Money asked for one order.
    Payment PaymentId;
    /// A way to pay that a customer keeps for later.
    SavedMethod SavedMethodId;
    /// One delivery of one order.
    Job JobId;
    /// What the law said about one act.
    Verdict VerdictId;
}
