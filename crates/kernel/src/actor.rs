use serde::{Deserialize, Serialize};

use crate::{CustomerId, DriverId, PersonId, StoreId};

/// What a person may be. One person may hold several roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Role {
    Customer,
    /// Works for these stores and sees only them.
    StoreStaff {
        stores: Vec<StoreId>,
    },
    Driver,
    /// Runs the platform.
    Operator,
}

/// The person on whose behalf a request is made, as a verified token states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub person: PersonId,
    pub roles: Vec<Role>,
}

impl Actor {
    pub fn is_customer(&self) -> bool {
        self.roles.contains(&Role::Customer)
    }

    pub fn is_driver(&self) -> bool {
        self.roles.contains(&Role::Driver)
    }

    pub fn is_operator(&self) -> bool {
        self.roles.contains(&Role::Operator)
    }

    /// Whether this person works for that store. An operator does not, see [`Actor::runs`].
    pub fn works_for(&self, store: StoreId) -> bool {
        self.stores().contains(&store)
    }

    /// Whether this person may act for that store: its staff, or an operator.
    pub fn runs(&self, store: StoreId) -> bool {
        self.is_operator() || self.works_for(store)
    }

    /// The stores this person works for; empty for anyone else.
    pub fn stores(&self) -> Vec<StoreId> {
        self.roles
            .iter()
            .filter_map(|role| match role {
                Role::StoreStaff { stores } => Some(stores.as_slice()),
                _ => None,
            })
            .flatten()
            .copied()
            .collect()
    }

    /// This person as a customer.
    pub const fn customer(&self) -> CustomerId {
        self.person.cast()
    }

    /// This person as a driver.
    pub const fn driver(&self) -> DriverId {
        self.person.cast()
    }
}
