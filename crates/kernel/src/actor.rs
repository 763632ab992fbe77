use serde::{Deserialize, Serialize};

use crate::{CustomerId, DriverId, PersonId, StoreId, VendorId};

/// What a person may be. One person may hold several roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Role {
    Customer,
    /// Packs and counts at these stores, and sees only them.
    Clerk {
        stores: Vec<StoreId>,
    },
    /// Also decides there: prices, promotions, hours, who works there.
    #[serde(alias = "store_staff")]
    Manager {
        stores: Vec<StoreId>,
    },
    /// Owns a vendor, and so is a manager of all its stores. Which those are is the catalogue's
    /// word: what a caller names here is not looked at.
    VendorOwner {
        vendor: VendorId,
        #[serde(default)]
        stores: Vec<StoreId>,
    },
    Driver,
    /// Helps people: sees what operators see of orders, and cancels.
    Support,
    /// Runs the platform.
    Operator,
    /// Reads everything, changes nothing.
    Auditor,
}

/// A role without its stores: what a rule of access names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleKind {
    Customer,
    Clerk,
    Manager,
    VendorOwner,
    Driver,
    Support,
    Operator,
    Auditor,
}

impl RoleKind {
    pub const ALL: [Self; 8] = [
        Self::Customer,
        Self::Clerk,
        Self::Manager,
        Self::VendorOwner,
        Self::Driver,
        Self::Support,
        Self::Operator,
        Self::Auditor,
    ];

    /// As people say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Clerk => "clerk",
            Self::Manager => "manager",
            Self::VendorOwner => "vendor owner",
            Self::Driver => "driver",
            Self::Support => "support",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
        }
    }
}

impl Role {
    pub const fn kind(&self) -> RoleKind {
        match self {
            Self::Customer => RoleKind::Customer,
            Self::Clerk { .. } => RoleKind::Clerk,
            Self::Manager { .. } => RoleKind::Manager,
            Self::VendorOwner { .. } => RoleKind::VendorOwner,
            Self::Driver => RoleKind::Driver,
            Self::Support => RoleKind::Support,
            Self::Operator => RoleKind::Operator,
            Self::Auditor => RoleKind::Auditor,
        }
    }

    /// The stores it is for; empty where it is for none in particular.
    pub fn stores(&self) -> &[StoreId] {
        match self {
            Self::Clerk { stores }
            | Self::Manager { stores }
            | Self::VendorOwner { stores, .. } => stores,
            _ => &[],
        }
    }
}

/// The person on whose behalf a request is made, as a verified token states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub person: PersonId,
    pub roles: Vec<Role>,
}

impl Actor {
    /// Whether this person holds a role of that kind.
    pub fn is(&self, kind: RoleKind) -> bool {
        self.roles.iter().any(|role| role.kind() == kind)
    }

    pub fn is_customer(&self) -> bool {
        self.is(RoleKind::Customer)
    }

    pub fn is_driver(&self) -> bool {
        self.is(RoleKind::Driver)
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
