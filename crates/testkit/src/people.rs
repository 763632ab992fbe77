use kernel::{Actor, PersonId, Role, StoreId};

fn person(role: Role) -> Actor {
    Actor { person: PersonId::new(), roles: vec![role] }
}

/// Someone new who buys.
pub fn customer() -> Actor {
    person(Role::Customer)
}

/// Someone new who works for these stores.
pub fn staff(stores: &[StoreId]) -> Actor {
    person(Role::StoreStaff { stores: stores.to_vec() })
}

/// Someone new who delivers.
pub fn driver() -> Actor {
    person(Role::Driver)
}

/// Someone new who runs the platform.
pub fn operator() -> Actor {
    person(Role::Operator)
}
