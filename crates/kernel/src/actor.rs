use serde::{Deserialize, Deserializer, Serialize};

use crate::{CustomerId, DriverId, PersonId, StoreId, VendorId};

/// What a person may be. One person may hold several roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "role", rename_all = "snake_case", try_from = "RoleFields")]
pub enum Role {
    Customer,
    /// Packs and counts at these stores, and sees only them.
    Clerk {
        stores: Vec<StoreId>,
    },
    /// Also decides there: prices, promotions, hours, who works there.
    Manager {
        stores: Vec<StoreId>,
    },
    /// Owns a vendor, and so is a manager of all its stores. Which those are is the catalogue's
    /// word: what a caller names here is not looked at.
    VendorOwner {
        vendor: VendorId,
        #[schema(required = false)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleKind {
    Customer,
    Clerk,
    #[serde(alias = "store_staff")]
    Manager,
    VendorOwner,
    Driver,
    Support,
    Operator,
    Auditor,
}

/// A role as it is written. Serde would pass over what does not belong to a role without stores.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleFields {
    role: RoleKind,
    #[serde(default, deserialize_with = "there")]
    vendor: Option<VendorId>,
    #[serde(default, deserialize_with = "there")]
    stores: Option<Vec<StoreId>>,
}

/// What is there is not null.
fn there<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

impl TryFrom<RoleFields> for Role {
    type Error = &'static str;

    fn try_from(said: RoleFields) -> Result<Self, &'static str> {
        let RoleFields { role, vendor, stores } = said;
        let owns = role == RoleKind::VendorOwner;
        let works = matches!(role, RoleKind::Clerk | RoleKind::Manager);
        match (vendor, &stores) {
            (Some(_), _) if !owns => return Err("unknown field `vendor`"),
            (_, None) if works => return Err("missing field `stores`"),
            (_, Some(_)) if !works && !owns => return Err("unknown field `stores`"),
            _ => {}
        }
        let stores = stores.unwrap_or_default();
        Ok(match (role, vendor) {
            (RoleKind::VendorOwner, Some(vendor)) => Self::VendorOwner { vendor, stores },
            (RoleKind::VendorOwner, None) => return Err("missing field `vendor`"),
            (RoleKind::Clerk, _) => Self::Clerk { stores },
            (RoleKind::Manager, _) => Self::Manager { stores },
            (RoleKind::Customer, _) => Self::Customer,
            (RoleKind::Driver, _) => Self::Driver,
            (RoleKind::Support, _) => Self::Support,
            (RoleKind::Operator, _) => Self::Operator,
            (RoleKind::Auditor, _) => Self::Auditor,
        })
    }
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_role_is_read_as_it_is_written_and_nothing_is_passed_over() {
        let (store, vendor) = (StoreId::new(), VendorId::new());
        let read = |value: Value| serde_json::from_value::<Role>(value);
        for role in [
            Role::Customer,
            Role::Clerk { stores: vec![store] },
            Role::VendorOwner { vendor, stores: vec![] },
            Role::Auditor,
        ] {
            assert_eq!(read(json!(role)).expect("a role"), role);
        }
        let before = read(json!({ "role": "store_staff", "stores": [store] }));
        assert_eq!(before.expect("as it was"), Role::Manager { stores: vec![store] });
        for wrong in [
            json!({ "role": "root" }),
            json!({ "role": "operator", "stores": [store] }),
            json!({ "role": "customer", "verified": true }),
            json!({ "role": "clerk" }),
            json!({ "role": "clerk", "stores": [store], "vendor": vendor }),
            json!({ "role": "vendor_owner", "stores": [store] }),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
