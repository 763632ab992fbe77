use kernel::{Actor, PersonId, Role, StoreId, VendorId};

fn person(role: Role) -> Actor {
    Actor { person: PersonId::new(), roles: vec![role] }
}

/// Someone new who buys.
pub fn customer() -> Actor {
    person(Role::Customer)
}

/// Someone new who decides at these stores.
pub fn staff(stores: &[StoreId]) -> Actor {
    person(Role::Manager { stores: stores.to_vec() })
}

/// Someone new who packs and counts at these stores.
pub fn clerk(stores: &[StoreId]) -> Actor {
    person(Role::Clerk { stores: stores.to_vec() })
}

/// Someone new who owns a vendor with these stores.
pub fn owner(vendor: VendorId, stores: &[StoreId]) -> Actor {
    person(Role::VendorOwner { vendor, stores: stores.to_vec() })
}

/// Someone new who delivers.
pub fn driver() -> Actor {
    person(Role::Driver)
}

/// Someone new who runs the platform.
pub fn operator() -> Actor {
    person(Role::Operator)
}

/// Someone new who helps people.
pub fn support() -> Actor {
    person(Role::Support)
}

/// Someone new who reads everything and changes nothing.
pub fn auditor() -> Actor {
    person(Role::Auditor)
}
