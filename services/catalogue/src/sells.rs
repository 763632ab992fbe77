//! Whether a store sells now, to a certain place where one is meant, and why not when not. Pure.

use compliance_api::{ClassAgainst, Opening, Reason};
use jiff::Timestamp;
use kernel::AlcoholClass;
use serde::Serialize;

/// Whether somebody could order alcohol from a store now. It is what its own settings and the law
/// say before anybody has chosen a bottle: the cart asks about that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Sells {
    pub now: bool,
    /// Whether it delivers to the asked place, where one was asked for.
    pub reaches: Option<bool>,
    /// Why not now. What stands against some classes of drinks only stands here while others are
    /// sold.
    pub reasons: Vec<NotSold>,
    /// When it sells next, where it does not now: within eight days, and as far as that comes by
    /// itself.
    pub from: Option<Timestamp>,
    /// The age that buyers of alcohol must have reached there, the highest of all classes; absent
    /// where that is not known.
    pub minimum_age: Option<u8>,
}

/// Something that stands against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct NotSold {
    pub code: NotSoldFor,
    /// A sentence for people.
    pub detail: String,
    /// What is not sold for it; everything where there is none.
    pub classes: Vec<AlcoholClass>,
    /// When that is over, where it is known.
    pub until: Option<Timestamp>,
}

/// What can stand against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NotSoldFor {
    /// It takes no orders at present.
    SwitchedOff,
    /// It takes none for a while.
    Paused,
    /// It does not deliver to the asked place.
    OutsideZone,
    Closed,
    /// The law forbids it from there, or to there.
    UnlawfulPlace,
    /// The law lets this store sell nothing of it at present.
    NotLicensed,
    /// The law forbids it on this day.
    DryDay,
    /// The law forbids it at this hour.
    UnlawfulHour,
    /// What the law says cannot be told right now.
    LawUnknown,
}

/// A store as it is now.
#[derive(Debug, Clone, Copy)]
pub struct Shop {
    pub active: bool,
    /// None where no place is meant.
    pub reaches: Option<bool>,
    pub open: bool,
    /// When it opens next, where it is closed.
    pub opens_at: Option<Timestamp>,
    /// Until when it takes no orders, where that is for a while.
    pub paused: Option<Timestamp>,
}

/// `law` is none where nobody knows what it says: unknown is not yes.
pub fn sells(shop: Shop, law: Option<&Opening>) -> Sells {
    let mut reasons = Vec::new();
    let mut against = |stands: bool, code, detail: &str, until| {
        let detail = detail.into();
        reasons.extend(stands.then(|| NotSold { code, detail, classes: vec![], until }));
    };
    let outside = shop.reaches == Some(false);
    against(!shop.active, NotSoldFor::SwitchedOff, "The store takes no orders at present.", None);
    let pausing = "The store takes no orders for a while.";
    against(shop.paused.is_some(), NotSoldFor::Paused, pausing, shop.paused);
    against(outside, NotSoldFor::OutsideZone, "The store does not deliver there.", None);
    against(!shop.open, NotSoldFor::Closed, "The store is closed.", shop.opens_at);
    let unknown = "Whether it may be sold cannot be checked right now.";
    against(law.is_none(), NotSoldFor::LawUnknown, unknown, None);
    let now = reasons.is_empty() && law.is_some_and(|law| law.against.len() < CLASSES);
    reasons.extend(law.into_iter().flat_map(of_law));
    let lasting = !shop.active || outside;
    // The law was not asked about the moment at which a pause ends.
    let pausing = |at: &Timestamp| shop.paused.is_some_and(|until| *at < until);
    let from = law.and_then(|law| law.next).filter(|at| !now && !lasting && !pausing(at));
    let minimum_age = law.and_then(|law| law.minimum_age);
    Sells { now, reaches: shop.reaches, reasons, from, minimum_age }
}

/// Beer, wine and spirits.
const CLASSES: usize = 3;

/// What the law has against each class, the same for several told once.
fn of_law(law: &Opening) -> Vec<NotSold> {
    let mut told: Vec<NotSold> = Vec::new();
    for ClassAgainst { class, reasons, until } in &law.against {
        let mut seen = Vec::new();
        for reason in reasons {
            let code = code(reason);
            if seen.contains(&code) {
                continue;
            }
            seen.push(code);
            let until = until.filter(|_| reasons.iter().all(passes));
            match told.iter_mut().find(|one| one.code == code && one.until == until) {
                Some(same) => same.classes.push(*class),
                None => told.push(NotSold {
                    code,
                    detail: reason.detail.clone(),
                    classes: vec![*class],
                    until,
                }),
            }
        }
    }
    told.sort_by_key(|one| one.code);
    told
}

/// Whether it goes by itself with time.
fn passes(reason: &Reason) -> bool {
    matches!(code(reason), NotSoldFor::DryDay | NotSoldFor::UnlawfulHour)
        || reason.rule == "licence-not-yet-valid"
}

fn code(reason: &Reason) -> NotSoldFor {
    match reason.rule.as_str() {
        "outside-sale-hours" | "not-delivered-back-in-time" => NotSoldFor::UnlawfulHour,
        "dry-day" => NotSoldFor::DryDay,
        rule if rule.contains("licence") => NotSoldFor::NotLicensed,
        _ => NotSoldFor::UnlawfulPlace,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [AlcoholClass; CLASSES] =
        [AlcoholClass::Beer, AlcoholClass::Wine, AlcoholClass::Spirits];
    const RULES: [&str; 7] = [
        "outside-sale-hours",
        "not-delivered-back-in-time",
        "dry-day",
        "dry-zone",
        "no-licence",
        "licence-class",
        "licence-not-yet-valid",
    ];

    fn at(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(hour)
    }

    fn against(class: AlcoholClass, rules: &[&str], until: Option<Timestamp>) -> ClassAgainst {
        let reason = |rule: &&str| Reason {
            rule: (*rule).into(),
            detail: format!("No: {rule}."),
            item: None,
            facts: serde_json::Map::default(),
        };
        ClassAgainst { class, reasons: rules.iter().map(reason).collect(), until }
    }

    fn shop() -> Shop {
        Shop { active: true, reaches: Some(true), open: true, opens_at: None, paused: None }
    }

    #[test]
    fn what_several_classes_have_in_common_is_told_once() {
        let law = Opening {
            minimum_age: Some(21),
            against: vec![
                against(ALL[0], &["outside-sale-hours"], Some(at(6))),
                against(ALL[1], &["outside-sale-hours", "not-delivered-back-in-time"], Some(at(6))),
                against(ALL[2], &["outside-sale-hours", "licence-class"], None),
            ],
            next: Some(at(6)),
        };
        let said = sells(shop(), Some(&law));
        let told: Vec<_> =
            said.reasons.iter().map(|one| (one.code, one.classes.len(), one.until)).collect();
        assert_eq!(
            told,
            [
                (NotSoldFor::NotLicensed, 1, None),
                (NotSoldFor::UnlawfulHour, 2, Some(at(6))),
                (NotSoldFor::UnlawfulHour, 1, None),
            ]
        );
        assert_eq!((said.now, said.from, said.minimum_age), (false, Some(at(6)), Some(21)));
    }

    #[test]
    fn while_something_is_sold_the_rest_is_told() {
        let spirits = against(ALL[2], &["outside-sale-hours"], Some(at(10)));
        let law = Opening { minimum_age: Some(18), against: vec![spirits], next: Some(at(0)) };
        let said = sells(shop(), Some(&law));
        assert!(said.now && said.from.is_none());
        assert_eq!(said.reasons[0].classes, [AlcoholClass::Spirits]);
    }

    fn laws() -> impl Strategy<Value = Option<Opening>> {
        let one = (prop::sample::subsequence(RULES.to_vec(), 1..4), prop::option::of(0..99_i64));
        let classes = prop::array::uniform3(prop::option::of(one));
        let law = (classes, prop::option::of(0..99_i64)).prop_map(|(classes, next)| Opening {
            minimum_age: Some(21),
            against: classes
                .into_iter()
                .zip(ALL)
                .filter_map(|(one, class)| {
                    one.map(|(rules, until)| against(class, &rules, until.map(at)))
                })
                .collect(),
            next: next.map(at),
        });
        prop::option::of(law)
    }

    proptest! {
        #[test]
        fn it_sells_where_nothing_stands_against_all_of_it_and_else_it_says_why(
            law in laws(),
            (active, open) in any::<(bool, bool)>(),
            reaches in any::<Option<bool>>(),
            opens in prop::option::of(0..99_i64),
            paused in prop::option::of(0..99_i64),
        ) {
            let (opens_at, paused) = (opens.map(at).filter(|_| !open), paused.map(at));
            let shop = Shop { active, reaches, open, opens_at, paused };
            let said = sells(shop, law.as_ref());
            let lawful = law.as_ref().is_some_and(|law| law.against.len() < CLASSES);
            let takes = active && open && paused.is_none();
            prop_assert_eq!(said.now, takes && reaches != Some(false) && lawful);
            prop_assert!(said.now || !said.reasons.is_empty());
            prop_assert!(!said.now || said.reasons.iter().all(|one| !one.classes.is_empty()));
            prop_assert!(said.from.is_none() || (!said.now && active && reaches != Some(false)));
            prop_assert!(said.from.is_none_or(|from| paused.is_none_or(|until| from >= until)));
            prop_assert!(said.reasons.iter().all(|one| !one.detail.is_empty()));
            let classes = |one: &NotSold| one.classes.clone();
            let told: Vec<_> = said.reasons.iter().flat_map(classes).collect();
            for one in law.iter().flat_map(|law| &law.against) {
                prop_assert!(told.contains(&one.class));
            }
        }
    }
}
