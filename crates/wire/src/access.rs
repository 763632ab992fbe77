//! Who may call which operation, and for which rows. Each service has one table of [`Rule`]s; the
//! edge of the service enforces it before any handler runs, and hands the handler what the asker
//! [reaches](Reach). The table in docs/access.md and the lines in the OpenAPI documents are made
//! from it too.

use kernel::{Actor, RoleKind, StoreId};

/// Whose rows a role reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// Those that are the asker's own.
    Own,
    /// Those of the stores that the role is for.
    Store,
    All,
}

impl Rows {
    /// As people say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Store => "store",
            Self::All => "all",
        }
    }
}

/// A role and the rows it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    pub kind: RoleKind,
    pub rows: Rows,
}

const fn grant(kind: RoleKind, rows: Rows) -> Grant {
    Grant { kind, rows }
}

/// Customers, for what is theirs.
pub const CUSTOMERS: &[Grant] = &[grant(RoleKind::Customer, Rows::Own)];
/// Drivers, for what is theirs.
pub const DRIVERS: &[Grant] = &[grant(RoleKind::Driver, Rows::Own)];
/// Everyone who works at a store, for that store.
pub const STAFF: &[Grant] = &[
    grant(RoleKind::Clerk, Rows::Store),
    grant(RoleKind::Manager, Rows::Store),
    grant(RoleKind::VendorOwner, Rows::Store),
];
/// Those who decide at a store, for that store.
pub const MANAGERS: &[Grant] =
    &[grant(RoleKind::Manager, Rows::Store), grant(RoleKind::VendorOwner, Rows::Store)];
/// Those who run the platform.
pub const OPERATORS: &[Grant] = &[grant(RoleKind::Operator, Rows::All)];
/// Those who help people.
pub const DESK: &[Grant] =
    &[grant(RoleKind::Support, Rows::All), grant(RoleKind::Operator, Rows::All)];
/// Those who look at what helps people; also those who only look.
pub const READERS: &[Grant] = &[
    grant(RoleKind::Support, Rows::All),
    grant(RoleKind::Operator, Rows::All),
    grant(RoleKind::Auditor, Rows::All),
];
/// Those who look at how the platform is run.
pub const OVERSEERS: &[Grant] =
    &[grant(RoleKind::Operator, Rows::All), grant(RoleKind::Auditor, Rows::All)];

/// Who may call an operation at all.
#[derive(Debug, Clone, Copy)]
pub enum Who {
    /// Whoever can reach it; someone with one of the grants sees more.
    Anyone(&'static [&'static [Grant]]),
    /// Whoever is signed in, in whatever role, for what is theirs.
    SignedIn,
    /// Whoever holds a role of these.
    Roles(&'static [&'static [Grant]]),
    /// Whoever proves it in another way, such as a signature over the body.
    Proof(&'static str),
}

/// One line of a service's table.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The `operationId` of the OpenAPI document.
    pub operation: &'static str,
    pub who: Who,
    /// Which rows, in words: what a row is, and whose.
    pub rows: &'static str,
}

/// Open to whoever can reach it.
pub const fn anyone(operation: &'static str, rows: &'static str) -> Rule {
    Rule { operation, who: Who::Anyone(&[]), rows }
}

/// Open to whoever can reach it; with one of the grants one sees more.
pub const fn anyone_and(
    operation: &'static str,
    more: &'static [&'static [Grant]],
    rows: &'static str,
) -> Rule {
    Rule { operation, who: Who::Anyone(more), rows }
}

/// For whoever is signed in, for what is theirs.
pub const fn signed_in(operation: &'static str, rows: &'static str) -> Rule {
    Rule { operation, who: Who::SignedIn, rows }
}

/// For these roles.
pub const fn roles(
    operation: &'static str,
    grants: &'static [&'static [Grant]],
    rows: &'static str,
) -> Rule {
    Rule { operation, who: Who::Roles(grants), rows }
}

/// For whoever proves it in another way.
pub const fn proof(operation: &'static str, how: &'static str, rows: &'static str) -> Rule {
    Rule { operation, who: Who::Proof(how), rows }
}

/// What this person reaches in an operation of a service's table; nothing where it is not for
/// them. For saying beforehand what they may do.
pub fn reach(table: &[Rule], operation: &str, actor: &Actor) -> Reach {
    let rule = table.iter().find(|rule| rule.operation == operation);
    rule.and_then(|rule| rule.reach(actor)).unwrap_or_default()
}

impl Rule {
    /// The grants of the rule, one by one.
    pub fn grants(&self) -> impl Iterator<Item = Grant> {
        let groups = match self.who {
            Who::Anyone(groups) | Who::Roles(groups) => groups,
            Who::SignedIn | Who::Proof(_) => &[],
        };
        groups.iter().flat_map(|group| group.iter()).copied()
    }

    /// Whether whose access token it is makes a difference.
    pub fn wants_tokens(&self) -> bool {
        !matches!(self.who, Who::Anyone([]) | Who::Proof(_))
    }

    /// What this person reaches by the rule; none where it is not for them at all.
    pub fn reach(&self, actor: &Actor) -> Option<Reach> {
        let mut reach = Reach { own: matches!(self.who, Who::SignedIn), ..Reach::default() };
        for grant in self.grants() {
            for role in actor.roles.iter().filter(|role| role.kind() == grant.kind) {
                match grant.rows {
                    Rows::Own => reach.own = true,
                    Rows::Store => reach.stores.extend(role.stores()),
                    Rows::All => reach.all = true,
                }
            }
        }
        reach.stores.sort_unstable();
        reach.stores.dedup();
        let open = matches!(self.who, Who::Anyone(_) | Who::Proof(_));
        (open || reach.own || reach.all || !reach.stores.is_empty()).then_some(reach)
    }

    /// Who may call it and for which rows, in a sentence for its documentation.
    pub fn sentence(&self) -> String {
        let grants: Vec<String> = self
            .grants()
            .map(|grant| format!("{} ({})", grant.kind.name(), grant.rows.name()))
            .collect();
        let grants = grants.join(", ");
        let who = match self.who {
            Who::Anyone([]) => "anyone".to_owned(),
            Who::Anyone(_) => format!("anyone; more for {grants}"),
            Who::SignedIn => "whoever is signed in (own)".to_owned(),
            Who::Roles(_) => grants,
            Who::Proof(how) => how.to_owned(),
        };
        format!("May be called by: {who}. Rows: {}.", self.rows)
    }
}

/// The rows that an asker reaches in one operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// What is theirs.
    pub own: bool,
    /// What belongs to these stores.
    pub stores: Vec<StoreId>,
    /// Everything.
    pub all: bool,
}

impl Reach {
    /// Whether what belongs to that store is within reach.
    pub fn store(&self, store: StoreId) -> bool {
        self.all || self.stores.binary_search(&store).is_ok()
    }

    /// The stores within reach; none for every store.
    pub fn only_stores(&self) -> Option<Vec<StoreId>> {
        (!self.all).then(|| self.stores.clone())
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Id, Role};

    use super::*;

    #[test]
    fn a_role_reaches_what_its_grant_says_and_no_more() {
        let rule = roles("pack", &[STAFF, OPERATORS], "orders");
        let (mine, other) = (StoreId::new(), StoreId::new());
        let actor = |roles| Actor { person: Id::new(), roles };
        let clerk = actor(vec![Role::Customer, Role::Clerk { stores: vec![mine] }]);
        let reach = rule.reach(&clerk).expect("a clerk packs");
        assert!(reach.store(mine) && !reach.store(other) && !reach.own && !reach.all);
        let operator = rule.reach(&actor(vec![Role::Operator])).expect("so does an operator");
        assert!(operator.store(other) && operator.only_stores().is_none());
        assert!(rule.reach(&actor(vec![Role::Customer, Role::Auditor])).is_none());
        let nowhere = actor(vec![Role::Clerk { stores: vec![] }]);
        assert!(rule.reach(&nowhere).is_none(), "a clerk of no store reaches nothing");
    }
}
