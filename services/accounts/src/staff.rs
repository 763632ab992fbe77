//! Who works at a store as what, and who may change that. Pure.

use kernel::{Role, RoleKind, StoreId};
use serde::{Deserialize, Serialize};

/// What somebody is at a store, the least first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    Clerk,
    Manager,
    /// By owning its vendor.
    VendorOwner,
}

impl Grade {
    /// Those that are given for one store.
    pub const GIVEN: [Self; 2] = [Self::Clerk, Self::Manager];

    /// The role at that store; none where it is not given for one store.
    fn role(self, store: StoreId) -> Option<Role> {
        let stores = vec![store];
        match self {
            Self::Clerk => Some(Role::Clerk { stores }),
            Self::Manager => Some(Role::Manager { stores }),
            Self::VendorOwner => None,
        }
    }
}

/// The most that someone with these roles is at a store; none where they do not work there.
pub fn grade_at(roles: &[Role], store: StoreId) -> Option<Grade> {
    let here = roles.iter().filter(|role| role.stores().contains(&store));
    here.filter_map(|role| match role.kind() {
        RoleKind::Clerk => Some(Grade::Clerk),
        RoleKind::Manager => Some(Grade::Manager),
        RoleKind::VendorOwner => Some(Grade::VendorOwner),
        _ => None,
    })
    .max()
}

/// The roles of someone who is that at the store from now on, or does not work there any more.
/// What they are elsewhere stays, and so does owning the vendor.
pub fn moved(roles: &[Role], store: StoreId, to: Option<Grade>) -> Vec<Role> {
    let elsewhere = |stores: &[StoreId]| -> Vec<StoreId> {
        stores.iter().copied().filter(|other| *other != store).collect()
    };
    let kept = roles.iter().map(|role| match role {
        Role::Clerk { stores } => Role::Clerk { stores: elsewhere(stores) },
        Role::Manager { stores } => Role::Manager { stores: elsewhere(stores) },
        other => other.clone(),
    });
    let works_nowhere = |role: &Role| {
        matches!(role, Role::Clerk { .. } | Role::Manager { .. }) && role.stores().is_empty()
    };
    let kept = kept.filter(|role| !works_nowhere(role));
    kept.chain(to.and_then(|grade| grade.role(store))).collect()
}

/// Whether someone with these roles may give a role, and take an offer of it back.
pub fn may_offer(held: &[Role], role: &Role) -> bool {
    let runs = |kind: RoleKind, stores: &[StoreId]| {
        let own: Vec<StoreId> = held
            .iter()
            .filter(|role| role.kind() == kind)
            .flat_map(Role::stores)
            .copied()
            .collect();
        !stores.is_empty() && stores.iter().all(|store| own.contains(store))
    };
    held.contains(&Role::Operator)
        || match role {
            Role::Manager { stores } => runs(RoleKind::VendorOwner, stores),
            Role::Clerk { stores } => {
                runs(RoleKind::VendorOwner, stores) || runs(RoleKind::Manager, stores)
            }
            _ => false,
        }
}

/// Whether someone with these roles may give, and so take, that grade at the store.
pub fn may_give(held: &[Role], store: StoreId, grade: Grade) -> bool {
    grade.role(store).is_some_and(|role| may_offer(held, &role))
}

/// What someone with these roles may make of somebody who is that at the store: whoever could not
/// have given them what they are leaves them what they are.
pub fn may_become(held: &[Role], store: StoreId, is: Grade) -> Vec<Grade> {
    if !may_give(held, store, is) {
        return Vec::new();
    }
    let others = Grade::GIVEN.into_iter().filter(|grade| *grade != is);
    others.filter(|grade| may_give(held, store, *grade)).collect()
}

#[cfg(test)]
mod tests {
    use kernel::VendorId;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn store() -> impl Strategy<Value = StoreId> {
        (0..4u128).prop_map(|number| StoreId::from_uuid(Uuid::from_u128(number)))
    }

    fn role() -> impl Strategy<Value = Role> {
        let stores = || prop::collection::vec(store(), 1..4);
        prop_oneof![
            Just(Role::Customer),
            Just(Role::Driver),
            Just(Role::Support),
            Just(Role::Operator),
            Just(Role::Auditor),
            stores().prop_map(|stores| Role::Clerk { stores }),
            stores().prop_map(|stores| Role::Manager { stores }),
            stores().prop_map(|stores| {
                Role::VendorOwner { vendor: VendorId::from_uuid(Uuid::nil()), stores }
            }),
        ]
    }

    fn roles() -> impl Strategy<Value = Vec<Role>> {
        prop::collection::vec(role(), 0..5)
    }

    fn to() -> impl Strategy<Value = Option<Grade>> {
        prop::option::of(prop::sample::select(Grade::GIVEN.to_vec()))
    }

    /// Who works where as what, each once.
    fn places(roles: &[Role]) -> Vec<(RoleKind, StoreId)> {
        let of = |role: &Role| {
            let kind = role.kind();
            role.stores().iter().map(move |store| (kind, *store)).collect::<Vec<_>>()
        };
        let mut places: Vec<_> = roles.iter().flat_map(of).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    proptest! {
        /// Whoever is moved is what was said there, if nothing more by owning it, and keeps all
        /// they are elsewhere and all that is no work at a store.
        #[test]
        fn whoever_is_moved_loses_nothing_else(roles in roles(), here in store(), to in to()) {
            let after = moved(&roles, here, to);
            let owns = roles.iter().any(|role| {
                role.kind() == RoleKind::VendorOwner && role.stores().contains(&here)
            });
            let expected = if owns { Some(Grade::VendorOwner) } else { to };
            prop_assert_eq!(grade_at(&after, here), expected);
            let others = |roles: &[Role]| {
                let mut places = places(roles);
                places.retain(|(kind, store)| {
                    *store != here || *kind == RoleKind::VendorOwner
                });
                places
            };
            prop_assert_eq!(others(&roles), others(&after));
            let plain = |roles: &[Role]| -> Vec<Role> {
                let works = |role: &&Role| {
                    matches!(role.kind(), RoleKind::Clerk | RoleKind::Manager)
                };
                roles.iter().filter(|role| !works(role)).cloned().collect()
            };
            prop_assert_eq!(plain(&roles), plain(&after));
        }

        /// Nobody but an operator touches an equal or somebody above, or raises anybody to where
        /// they are themselves.
        #[test]
        fn whoever_changes_somebody_stands_above(
            held in roles(),
            here in store(),
            is in prop::sample::select(Grade::GIVEN.to_vec()),
        ) {
            let (removes, becomes) = (may_give(&held, here, is), may_become(&held, here, is));
            prop_assert!(!may_give(&held, here, Grade::VendorOwner));
            prop_assert!(may_become(&held, here, Grade::VendorOwner).is_empty());
            prop_assert!(removes || becomes.is_empty());
            if held.contains(&Role::Operator) {
                prop_assert!(removes && becomes.len() == 1);
                return Ok(());
            }
            let own = grade_at(&held, here);
            prop_assert_eq!(removes, own.is_some_and(|own| own > is));
            prop_assert!(becomes.iter().all(|grade| own.is_some_and(|own| own > *grade)));
        }
    }
}
