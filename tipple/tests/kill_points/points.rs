//! Where a process may die: between any two steps that were seen in a flow's straight run.

use std::collections::{BTreeMap, HashMap};

use crate::flows::{Flow, Provider};

/// Something that the process did or that was done to it, in words that are the same in every run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A call to the provider, and how our payment stood then.
    Call { what: String, writes: bool },
    /// A commit: what was written, and how the payment stood with it.
    Commit { what: String },
    /// A webhook of the provider's that came.
    Webhook { what: String },
}

/// When, at that step, it dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// The provider has been asked and has done nothing yet.
    Asked,
    /// The provider has done it and not answered.
    Done,
    /// The answer has come and nothing was made of it.
    Answered,
    /// The commit was asked for and never happened.
    Lost,
    /// The commit happened and nobody was there to hear of it.
    Kept,
    /// The webhook was acknowledged and not handled.
    Acknowledged,
}

/// One moment of one step: the nth of its kind in the flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    pub provider: Provider,
    pub flow: Flow,
    pub step: Step,
    pub nth: usize,
    pub moment: Moment,
}

impl Step {
    pub fn what(&self) -> &str {
        match self {
            Self::Call { what, .. } | Self::Commit { what } | Self::Webhook { what } => what,
        }
    }

    /// A read leaves nothing at the provider: to die of it is one thing, whenever it is.
    const fn moments(&self) -> &'static [Moment] {
        match self {
            Self::Call { writes: true, .. } => &[Moment::Asked, Moment::Done, Moment::Answered],
            Self::Call { writes: false, .. } => &[Moment::Asked],
            Self::Commit { .. } => &[Moment::Lost, Moment::Kept],
            Self::Webhook { .. } => &[Moment::Acknowledged],
        }
    }
}

impl Point {
    /// What makes it another point than others, in whatever flow it is met: a call names its
    /// provider, and a commit is ours and the same at each.
    pub fn distinct(&self) -> (Step, Moment) {
        (self.step.clone(), self.moment)
    }

    pub fn told(&self) -> String {
        let Self { provider, flow, step, nth, moment } = self;
        format!("{provider:?}, {flow}: {moment:?} (no. {nth}) {}", step.what())
    }
}

/// The steps that a second straight run took too: the others are only there when somebody is slow. So
/// are those of who had no answer in time.
pub fn in_both(first: Vec<Step>, mut second: Vec<Step>) -> Vec<Step> {
    let mut both = first;
    both.retain(|step| !["unknown", "put off"].iter().any(|slow| step.what().contains(slow)));
    both.retain(|step| {
        let found = second.iter().position(|other| other == step);
        found.map(|at| second.swap_remove(at)).is_some()
    });
    both
}

/// All points of a flow whose straight run took these steps.
pub fn of(provider: Provider, flow: Flow, steps: &[Step]) -> Vec<Point> {
    let mut points = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let nth = 1 + steps[..at].iter().filter(|before| *before == step).count();
        let point =
            |moment: &Moment| Point { provider, flow, step: step.clone(), nth, moment: *moment };
        points.extend(step.moments().iter().map(point));
    }
    points
}

/// Each distinct point once, in one of the flows where it is met: in the one of which the fewest have
/// been chosen so far, so that none goes without.
pub fn distinct(points: &[Point]) -> Vec<Point> {
    let mut met: BTreeMap<_, Vec<&Point>> = BTreeMap::new();
    for point in points {
        met.entry(point.distinct()).or_default().push(point);
    }
    let mut met: Vec<_> = met.into_values().collect();
    // Those that can be chosen in few flows come first.
    met.sort_by_key(Vec::len);
    let mut chosen: HashMap<(Provider, &str), usize> = HashMap::new();
    let fewest = |alike: Vec<&Point>| {
        let of = |point: &&Point| (point.provider, point.flow.name);
        let count = |point: &&Point| chosen.get(&of(point)).copied().unwrap_or_default();
        let point = *alike.iter().min_by_key(|point| count(point)).expect("one at least");
        *chosen.entry(of(&point)).or_default() += 1;
        point.clone()
    };
    met.into_iter().map(fewest).collect()
}
