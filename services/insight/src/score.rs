//! How much a product deserves a place in Top Picks.
//!
//! With n(a) things that happened a hours ago, and none older than the window:
//!
//! ```text
//! fading(h) = Σ n(a) · 2^(−a ⁄ h)                      half of it is left after h hours
//!
//! score = order · fading_orders(order_half_life)        how many orders had it lately
//!       + trend · fading_orders(trend_half_life)        the same with a short memory
//!       + favourite · ln(1 + fading_favourites(view_half_life))  how many have marked it lately
//!       + click · ln(1 + fading_clicks(view_half_life)) how many came to its page from a list
//!       + view  · ln(1 + fading_views(view_half_life))  how many saw its page at all
//! ```
//!
//! An order counts once however many bottles it has, so that one party does not decide. Views are
//! dampened by the logarithm, for anyone can make them. A click is a view that came from a list, a
//! search or Top Picks itself. A favourite is a mark that a signed-in person has put on and not taken
//! off: harder to make up than a view, and dampened all the same.

use serde::{Deserialize, Serialize};

/// `[insight.top_picks]`
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    pub order: f64,
    pub trend: f64,
    pub favourite: f64,
    pub click: f64,
    pub view: f64,
    /// In hours.
    pub order_half_life: f64,
    pub trend_half_life: f64,
    pub view_half_life: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            order: 1.0,
            trend: 2.0,
            favourite: 1.5,
            click: 1.0,
            view: 0.25,
            order_half_life: 168.0,
            trend_half_life: 24.0,
            view_half_life: 72.0,
        }
    }
}

impl Weights {
    /// Refuses weights with which more could count less.
    pub fn check(&self) -> anyhow::Result<()> {
        let weights = [self.order, self.trend, self.favourite, self.click, self.view];
        let lives = [self.order_half_life, self.trend_half_life, self.view_half_life];
        anyhow::ensure!(
            weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0),
            "the weights of insight.top_picks must not be negative"
        );
        anyhow::ensure!(
            lives.iter().all(|life| life.is_finite() && *life > 0.0),
            "the half-lives of insight.top_picks must be positive"
        );
        Ok(())
    }
}

/// So many things that happened so many hours ago.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Past {
    pub hours: u32,
    pub count: u32,
}

/// What is known of one product, nothing of it older than the window.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Signals {
    pub orders: Vec<Past>,
    pub favourites: Vec<Past>,
    pub clicks: Vec<Past>,
    pub views: Vec<Past>,
}

/// Which part of a score weighs most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    Popular,
    Trending,
    Viewed,
    Favourite,
}

impl Reason {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Popular => "popular",
            Self::Trending => "trending",
            Self::Viewed => "viewed",
            Self::Favourite => "favourite",
        }
    }
}

/// What a score is made of, by the formula above.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parts {
    pub popular: f64,
    pub trending: f64,
    pub favourite: f64,
    pub clicked: f64,
    pub viewed: f64,
}

impl Parts {
    pub fn of(signals: &Signals, weights: &Weights) -> Self {
        let dampened = |past: &[Past]| fading(past, weights.view_half_life).ln_1p();
        Self {
            popular: weights.order * fading(&signals.orders, weights.order_half_life),
            trending: weights.trend * fading(&signals.orders, weights.trend_half_life),
            favourite: weights.favourite * dampened(&signals.favourites),
            clicked: weights.click * dampened(&signals.clicks),
            viewed: weights.view * dampened(&signals.views),
        }
    }

    /// The score.
    pub fn total(&self) -> f64 {
        self.popular + self.trending + self.favourite + self.looked_at()
    }

    /// What it mostly comes from.
    pub fn reason(&self) -> Reason {
        let Self { popular, trending, favourite, .. } = *self;
        let viewed = self.looked_at();
        if favourite > popular.max(trending).max(viewed) {
            Reason::Favourite
        } else if trending > popular && trending >= viewed {
            Reason::Trending
        } else if popular >= viewed {
            Reason::Popular
        } else {
            Reason::Viewed
        }
    }

    fn looked_at(&self) -> f64 {
        self.clicked + self.viewed
    }
}

fn fading(past: &[Past], half_life: f64) -> f64 {
    past.iter().map(|it| f64::from(it.count) * (-f64::from(it.hours) / half_life).exp2()).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn past() -> impl Strategy<Value = Vec<Past>> {
        let one = (0_u32..700, 1_u32..1000).prop_map(|(hours, count)| Past { hours, count });
        prop::collection::vec(one, 0..20)
    }

    fn signals() -> impl Strategy<Value = Signals> {
        (past(), past(), past(), past()).prop_map(|(orders, favourites, clicks, views)| Signals {
            orders,
            favourites,
            clicks,
            views,
        })
    }

    fn of(signals: &Signals) -> f64 {
        Parts::of(signals, &Weights::default()).total()
    }

    /// The four inputs, to change one of them.
    fn input(signals: &mut Signals, which: usize) -> &mut Vec<Past> {
        match which {
            0 => &mut signals.orders,
            1 => &mut signals.clicks,
            2 => &mut signals.favourites,
            _ => &mut signals.views,
        }
    }

    const ROUNDING: f64 = 1e-9;

    #[test]
    fn nothing_scores_nothing() {
        assert!(of(&Signals::default()).abs() < f64::EPSILON);
    }

    #[test]
    fn an_order_of_this_hour_scores_its_weights() {
        let orders = vec![Past { hours: 0, count: 1 }];
        let one = Signals { orders, ..Signals::default() };
        let parts = Parts::of(&one, &Weights::default());
        assert_eq!((parts.total(), parts.reason()), (3.0, Reason::Trending));
    }

    proptest! {
        #[test]
        fn more_never_counts_less(
            before in signals(), which in 0_usize..4, hours in 0_u32..700, count in 1_u32..1000,
        ) {
            let mut after = before.clone();
            input(&mut after, which).push(Past { hours, count });
            prop_assert!(of(&after) >= of(&before) - ROUNDING);
            prop_assert!(of(&before) >= 0.0 && of(&before).is_finite());
        }

        #[test]
        fn newer_counts_at_least_as_much(
            base in signals(), which in 0_usize..4, hours in 0_u32..700, newer_by in 0_u32..700,
            count in 1_u32..1000,
        ) {
            let (mut old, mut new) = (base.clone(), base);
            input(&mut old, which).push(Past { hours, count });
            input(&mut new, which).push(Past { hours: hours.saturating_sub(newer_by), count });
            prop_assert!(of(&new) >= of(&old) - ROUNDING);
        }

        #[test]
        fn everything_fades(all in signals(), later in 1_u32..700) {
            let mut aged = all.clone();
            for which in 0..4 {
                input(&mut aged, which).iter_mut().for_each(|it| it.hours += later);
            }
            prop_assert!(of(&aged) <= of(&all) + ROUNDING);
        }
    }
}
