//! Top Picks: what the job ranked, and what operators decided on top of it.

use kernel::ProductId;

/// The most places there are.
pub const MOST: usize = 50;

/// A product with its score.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    pub product: ProductId,
    pub name: String,
    pub category: String,
    pub score: f64,
    pub reason: PickReason,
}

/// Why a product is there.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PickReason {
    /// Many ordered it lately.
    Popular,
    /// Many ordered it in the last day or two.
    Trending,
    /// Many looked at it.
    Viewed,
    /// Marked by many lately.
    Favourite,
    /// An operator chose its place.
    Pinned,
    /// An operator chose it.
    Added,
}

/// What an operator decided about a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Place it here, counted from 1.
    Pin(usize),
    Add,
    Remove,
}

/// `ranked` (best first) with the decisions carried out: a pinned product takes its place, or the
/// last one where the list is shorter; an added one is ranked no lower than `added_rank`; a removed
/// one is gone. Of two pins for one place the one named first keeps it, and the other comes next.
pub fn blend(
    mut ranked: Vec<Ranked>,
    decided: Vec<(Ranked, Decision)>,
    added_rank: usize,
    limit: usize,
) -> Vec<Ranked> {
    ranked.retain(|it| decided.iter().all(|(other, _)| other.product != it.product));
    let mut pins = Vec::new();
    let mut added = Vec::new();
    for (mut product, decision) in decided {
        match decision {
            Decision::Pin(place) => {
                product.reason = PickReason::Pinned;
                pins.push((place, product));
            }
            Decision::Add => {
                product.reason = PickReason::Added;
                added.push(product);
            }
            Decision::Remove => {}
        }
    }
    added.sort_by(|a, b| b.score.total_cmp(&a.score));
    for product in added {
        let own = ranked.partition_point(|it| it.score >= product.score);
        ranked.insert(own.min(added_rank.saturating_sub(1)).min(ranked.len()), product);
    }
    pins.sort_by_key(|(place, _)| *place);
    let mut free = 1;
    for (place, product) in pins {
        let place = place.max(free);
        free = place + 1;
        ranked.insert((place - 1).min(ranked.len()), product);
    }
    ranked.truncate(limit);
    ranked
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn product(score: f64) -> Ranked {
        let reason = PickReason::Popular;
        let (name, category) = (format!("{score}"), String::new());
        Ranked { product: ProductId::new(), name, category, score, reason }
    }

    fn names(list: &[Ranked]) -> Vec<&str> {
        list.iter().map(|it| it.name.as_str()).collect()
    }

    #[test]
    fn decisions_are_carried_out() {
        let ranked: Vec<Ranked> = [9.0, 8.0, 7.0, 6.0].map(product).into();
        let decided = vec![
            (ranked[3].clone(), Decision::Pin(1)),
            (ranked[1].clone(), Decision::Remove),
            (product(0.5), Decision::Add),
            (product(0.0), Decision::Pin(50)),
        ];
        let list = blend(ranked, decided, 2, MOST);
        assert_eq!(names(&list), ["6", "9", "0.5", "7", "0"]);
        assert_eq!(list[0].reason, PickReason::Pinned);
        assert_eq!(list[2].reason, PickReason::Added);
    }

    #[test]
    fn of_two_pins_for_one_place_the_first_keeps_it() {
        let ranked: Vec<Ranked> = [9.0, 8.0, 7.0, 6.0].map(product).into();
        let pinned = [(3, 1), (2, 1), (1, 2)];
        let decided = pinned.map(|(of, place)| (ranked[of].clone(), Decision::Pin(place))).into();
        assert_eq!(names(&blend(ranked, decided, 1, MOST)), ["6", "7", "8", "9"]);
    }

    proptest! {
        #[test]
        fn pins_stand_where_they_were_put_and_nothing_appears_twice(
            mut scores in prop::collection::vec(0.0_f64..100.0, 0..60),
            pins in prop::collection::btree_set(1_usize..=50, 0..6),
            chosen in prop::collection::vec((0_usize..60, any::<bool>()), 0..6),
        ) {
            scores.sort_by(|a, b| b.total_cmp(a));
            let ranked: Vec<Ranked> = scores.into_iter().map(product).collect();
            let mut decided: Vec<(Ranked, Decision)> = Vec::new();
            for (index, add) in chosen {
                let Some(it) = ranked.get(index) else { continue };
                if decided.iter().all(|(other, _)| other.product != it.product) {
                    let decision = if add { Decision::Add } else { Decision::Remove };
                    decided.push((it.clone(), decision));
                }
            }
            let removed: Vec<ProductId> = decided
                .iter()
                .filter(|(_, decision)| *decision == Decision::Remove)
                .map(|(it, _)| it.product)
                .collect();
            let pinned: Vec<(usize, Ranked)> =
                pins.into_iter().map(|place| (place, product(0.0))).collect();
            decided.extend(pinned.iter().map(|(place, it)| (it.clone(), Decision::Pin(*place))));
            let others = ranked.len() - removed.len();
            let list = blend(ranked, decided, 10, MOST);
            prop_assert!(list.len() <= MOST);
            for (earlier, (place, it)) in pinned.iter().enumerate() {
                let found = list.iter().position(|other| other.product == it.product);
                prop_assert_eq!(found, Some((place - 1).min(others + earlier)));
            }
            for (index, it) in list.iter().enumerate() {
                prop_assert!(!removed.contains(&it.product));
                prop_assert!(list[..index].iter().all(|other| other.product != it.product));
            }
        }
    }
}
