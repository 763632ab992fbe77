use proptest::prelude::*;

use super::*;

const DAYS: u32 = 14;

fn over_at() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

prop_compose! {
    /// A line of which some units came back from the door.
    fn any_line()(sold in 1_u32..9, back in 0_u32..9, total in 0_i64..100_000) -> LineStanding {
        let handed = sold - back.min(sold);
        LineStanding { line: LineId::new(), name: "Rye".into(), total, sold, handed, asked: 0 }
    }
}

fn any_order() -> impl Strategy<Value = Standing> {
    (prop::collection::vec(any_line(), 1..6), 0_i64..5_000).prop_map(|(lines, charges)| Standing {
        over_at: over_at(),
        lines,
        charges,
        complaints: 0,
    })
}

/// What people do, by turns.
#[derive(Debug, Clone)]
enum Act {
    /// Asks for so many units of two lines, or of all.
    Ask(Option<[(usize, u32); 2]>),
    /// Agrees to a share, in thousandths, of what was asked for then.
    Agree(usize, i64),
    /// Gives back so much without having been asked, or holds it in a dispute.
    Give(i64),
    /// What was agreed to then cannot be given back, and is open again.
    Fail(usize),
}

fn any_act() -> impl Strategy<Value = Act> {
    let two = || [(0_usize..6, 1_u32..5), (0_usize..6, 1_u32..5)];
    prop_oneof![
        4 => two().prop_map(|two| Act::Ask(Some(two))),
        1 => Just(Act::Ask(None)),
        4 => (0_usize..12, 1_i64..=2_000).prop_map(|(which, share)| Act::Agree(which, share)),
        1 => (0_i64..50_000).prop_map(Act::Give),
        1 => (0_usize..12).prop_map(Act::Fail),
    ]
}

/// One order as the operations keep it.
struct Shop {
    order: Standing,
    captured: i64,
    /// Beside what was agreed to.
    given: i64,
    /// What each was worth, and what was agreed to.
    complaints: Vec<(Asked, Option<i64>)>,
}

impl Shop {
    fn new(order: Standing) -> Self {
        let lines: i64 = order.lines.iter().map(|line| line.total).sum();
        // What came back from the door has gone back already.
        let back = |line: &LineStanding| line.total - line.worth(line.handed);
        let given = order.lines.iter().map(back).sum();
        let captured = lines + order.charges;
        Self { order, captured, given, complaints: Vec::new() }
    }

    fn agreed(&self) -> i64 {
        self.complaints.iter().filter_map(|(_, agreed)| *agreed).sum()
    }

    fn left(&self) -> i64 {
        self.captured - self.given - self.agreed()
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Ask(two) => self.ask(two.as_ref()),
            Act::Agree(which, share) => {
                let left = self.left();
                let Some((asked, None)) = self.complaints.get(*which) else { return };
                let amount = asked.worth * share / 1_000;
                if (1..=most(asked.worth, left)).contains(&amount) {
                    self.complaints[*which].1 = Some(amount);
                }
            }
            Act::Give(amount) => self.given += amount.min(&self.left().max(0)),
            Act::Fail(which) => {
                self.complaints.get_mut(*which).into_iter().for_each(|(_, agreed)| *agreed = None);
            }
        }
    }

    fn ask(&mut self, two: Option<&[(usize, u32); 2]>) {
        let lines = &self.order.lines;
        let wanted = two.map(|two| {
            let [(one, a), (other, b)] = *two;
            let (one, other) = (one % lines.len(), other % lines.len());
            let first = (lines[one].line, a);
            if one == other { vec![first] } else { vec![first, (lines[other].line, b)] }
        });
        let Ok(asked) = self.order.ask(wanted.as_deref(), self.left()) else { return };
        for units in &asked.units {
            let line = self.order.lines.iter_mut().find(|line| line.line == units.line).unwrap();
            assert_eq!(line.asked, units.first, "no unit twice, and none left out");
            line.asked += units.units;
        }
        if wanted.is_none() {
            self.order.charges = 0;
        }
        self.order.complaints += 1;
        self.complaints.push((asked, None));
    }
}

proptest! {
    /// However often it is asked, agreed, given back beside that and asked anew: what goes back is never
    /// more than was captured, nor of a complaint more than was paid for what it names.
    #[test]
    fn what_is_agreed_to_never_exceeds_what_was_captured(
        order in any_order(), acts in prop::collection::vec(any_act(), 0..40),
    ) {
        let mut shop = Shop::new(order);
        let goods: i64 = shop.order.lines.iter().map(|line| line.worth(line.handed)).sum();
        let paid = goods + shop.order.charges;
        for act in acts {
            shop.act(&act);
            prop_assert!(shop.left() >= 0);
            prop_assert!(shop.agreed() <= shop.captured);
            let worth: i64 = shop.complaints.iter().map(|(asked, _)| asked.worth).sum();
            prop_assert!(worth <= paid, "all complaints together ask for what was paid at most");
            for (asked, agreed) in &shop.complaints {
                prop_assert!(agreed.is_none_or(|agreed| agreed <= asked.worth));
            }
            prop_assert!(shop.order.lines.iter().all(|line| line.asked <= line.handed));
        }
    }

    /// Unit by unit it comes to the same as all at once.
    #[test]
    fn units_add_up_to_what_was_paid_for_them(line in any_line(), cuts in prop::collection::vec(1_u32..4, 0..9)) {
        let whole = line.worth(line.handed);
        let (mut line, mut sum) = (line, 0);
        for units in cuts {
            let units = units.min(line.left());
            sum += line.worth(units);
            line.asked += units;
        }
        prop_assert_eq!(sum + line.worth(line.left()), whole);
        prop_assert!(whole <= line.total);
    }
}

fn order(handed: u32) -> Standing {
    let line = LineStanding {
        line: LineId::new(),
        name: "Rye".into(),
        total: 1_001,
        sold: 3,
        handed,
        asked: 0,
    };
    Standing { over_at: over_at(), lines: vec![line], charges: 300, complaints: 0 }
}

#[test]
fn it_can_be_asked_for_until_the_time_is_over() {
    let order = order(3);
    let end = order.until(DAYS);
    let at = |seconds| (end - SignedDuration::from_secs(seconds), DAYS);
    assert_eq!(order.open(1_301, at(1)), Ok(()));
    assert_eq!(order.open(1_301, at(0)), Err(ComplaintRefusal::TooLate { until: end }));
    assert_eq!(order.open(0, at(1)), Err(ComplaintRefusal::NothingLeft));
    let often = Standing { complaints: MOST, ..order };
    assert_eq!(often.open(1, at(1)), Err(ComplaintRefusal::TooManyComplaints { most: MOST }));
}

#[test]
fn the_whole_is_what_is_left_with_its_fees_and_never_more_than_is_left_of_the_money() {
    let all = order(2);
    // 1001 of three units: 667 for the two that came.
    assert_eq!(all.ask(None, 10_000).unwrap().worth, 667 + 300);
    assert_eq!(all.ask(None, 500).unwrap().worth, 500);
    let line = all.lines[0].line;
    let gone = all.ask(Some(&[(line, 3)]), 10_000);
    assert_eq!(gone, Err(ComplaintRefusal::UnitsGone { line: 0, left: 2 }));
    let stranger = all.ask(Some(&[(line, 1), (LineId::new(), 1)]), 10_000);
    assert_eq!(stranger, Err(ComplaintRefusal::UnknownLine { line: 1 }));
    // All of it was refused at the door: its fees were not.
    assert_eq!(order(0).ask(None, 10_000).unwrap(), Asked { units: vec![], worth: 300 });
}
