//! Whose account an identity opens: one pure rule.

use kernel::PersonId;

/// All that the rule looks at.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// Whom this identity has been linked to before.
    pub known: Option<PersonId>,
    /// The signed-in person who asked to link it.
    pub asker: Option<Holder>,
    /// The e-mail address that the provider told.
    pub email: Option<Told>,
}

/// An account that the identity may be linked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    pub person: PersonId,
    /// Whether another identity of the same provider is linked to it.
    pub has_another: bool,
}

/// An e-mail address as a provider told it.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// Whether the provider has verified it, and is believed.
    pub vouched: bool,
    /// The account that has this address.
    pub owner: Option<Holder>,
    /// Whether that account's person has proved that it is theirs.
    pub owner_verified: bool,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    SignIn(PersonId),
    /// Link, then sign in.
    Link(PersonId),
    /// Make a person, with the address if the provider vouches for it.
    MakePerson,
    Refuse(Obstacle),
}

/// Why an identity opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Someone has the address: they sign in another way, and link.
    SignInFirst,
    /// The identity opens someone else's account.
    OpensAnother,
    /// The asker's account is linked to another identity of that provider.
    HasAnother,
}

/// An identity that is known opens its account. A signed-in person may link one that is not. Else
/// an address that the provider vouches for, and that its owner has proved, links; whoever merely
/// says that they have an address gets no account by it, in neither direction.
pub fn decide(facts: Facts) -> Decision {
    if let Some(asker) = facts.asker {
        return match facts.known {
            Some(known) if known == asker.person => Decision::SignIn(known),
            Some(_) => Decision::Refuse(Obstacle::OpensAnother),
            None if asker.has_another => Decision::Refuse(Obstacle::HasAnother),
            None => Decision::Link(asker.person),
        };
    }
    if let Some(known) = facts.known {
        return Decision::SignIn(known);
    }
    let Some(told) = facts.email else { return Decision::MakePerson };
    match told.owner {
        None => Decision::MakePerson,
        // An address may have changed hands at the provider, then its new owner is a stranger.
        Some(owner) if told.vouched && told.owner_verified && !owner.has_another => {
            Decision::Link(owner.person)
        }
        Some(_) => Decision::Refuse(Obstacle::SignInFirst),
    }
}

#[cfg(test)]
mod tests {
    use proptest::{option, prelude::*};
    use uuid::Uuid;

    use super::*;

    fn person() -> impl Strategy<Value = PersonId> {
        (1..4_u128).prop_map(|number| PersonId::from_uuid(Uuid::from_u128(number)))
    }

    fn holder() -> impl Strategy<Value = Holder> {
        (person(), any::<bool>()).prop_map(|(person, has_another)| Holder { person, has_another })
    }

    fn facts() -> impl Strategy<Value = Facts> {
        let told = (any::<bool>(), option::of(holder()), any::<bool>())
            .prop_map(|(vouched, owner, owner_verified)| Told { vouched, owner, owner_verified });
        (option::of(person()), option::of(holder()), option::of(told))
            .prop_map(|(known, asker, email)| Facts { known, asker, email })
    }

    /// Whose account would be opened, if any that is there.
    fn opened(decision: Decision) -> Option<PersonId> {
        match decision {
            Decision::SignIn(person) | Decision::Link(person) => Some(person),
            Decision::MakePerson | Decision::Refuse(_) => None,
        }
    }

    proptest! {
        #[test]
        fn an_account_is_opened_by_its_identity_its_person_or_a_proved_address(facts in facts()) {
            let Some(person) = opened(decide(facts)) else { return Ok(()) };
            let by_identity = facts.known == Some(person);
            let by_person = facts.asker.is_some_and(|asker| asker.person == person);
            let by_address = facts.email.is_some_and(|told| {
                told.vouched
                    && told.owner_verified
                    && told.owner.is_some_and(|owner| owner.person == person)
            });
            prop_assert!(by_identity || by_person || by_address);
        }

        #[test]
        fn an_address_that_nobody_vouches_for_never_links(mut facts in facts()) {
            facts.asker = None;
            if let Some(told) = &mut facts.email {
                told.vouched = false;
            }
            prop_assert!(!matches!(decide(facts), Decision::Link(_)));
        }

        #[test]
        fn whoever_is_signed_in_ends_as_the_same_person(facts in facts()) {
            let Some(asker) = facts.asker else { return Ok(()) };
            let decision = decide(facts);
            prop_assert!(decision != Decision::MakePerson);
            prop_assert!(opened(decision).is_none_or(|person| person == asker.person));
        }

        #[test]
        fn an_identity_never_changes_its_person(facts in facts()) {
            if facts.known.is_some() {
                let decision = decide(facts);
                prop_assert!(!matches!(decision, Decision::Link(_) | Decision::MakePerson));
            }
        }

        #[test]
        fn nobody_gets_a_second_account_for_a_taken_address(facts in facts()) {
            if facts.email.is_some_and(|told| told.owner.is_some()) {
                prop_assert!(decide(facts) != Decision::MakePerson);
            }
        }

        #[test]
        fn nobody_has_two_identities_of_one_provider(facts in facts()) {
            if let Decision::Link(person) = decide(facts) {
                let holder = facts.asker.or(facts.email.and_then(|told| told.owner));
                prop_assert_eq!(holder, Some(Holder { person, has_another: false }));
            }
        }
    }
}
