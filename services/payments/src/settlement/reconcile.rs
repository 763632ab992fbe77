//! What a payment is here, compared with all that the provider's files have said of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::{Currency, PaymentId};

use super::{Kind, Line};

/// A payment as it is kept here.
#[derive(Debug, Clone)]
pub struct Ours {
    pub payment: PaymentId,
    pub currency: Currency,
    pub captured: i64,
    pub captured_at: Option<Timestamp>,
    /// What the provider keeps, as it said when it was asked; disputes apart.
    pub fee: i64,
    pub refunds: Vec<OurRefund>,
    pub disputes: Vec<OurDispute>,
    pub strays: Vec<OurStray>,
}

/// Money beyond the payment's own that was taken.
#[derive(Debug, Clone)]
pub struct OurStray {
    /// The provider's id.
    pub object: String,
    pub amount: i64,
    pub currency: Currency,
    pub fee: i64,
    pub taken_at: Timestamp,
    pub refunds: Vec<OurRefund>,
    pub disputes: Vec<OurDispute>,
}

impl OurStray {
    /// Whether a line is of this money: what it was taken by, or a refund or a dispute of that.
    fn has(&self, line: &Line) -> bool {
        let about = matches!(line.kind, Kind::Payment | Kind::Refund | Kind::Dispute);
        let dispute = |one: &OurDispute| line.kind == Kind::Dispute && one.id == line.object;
        about && (line.names.contains(&self.object) || self.disputes.iter().any(dispute))
    }

    /// As a payment of its own.
    fn alone(&self, of: PaymentId) -> Ours {
        Ours {
            payment: of,
            currency: self.currency,
            captured: self.amount,
            captured_at: Some(self.taken_at),
            fee: self.fee,
            refunds: self.refunds.clone(),
            disputes: self.disputes.clone(),
            strays: Vec::new(),
        }
    }
}

#[derive(Debug, Clone)]
pub struct OurRefund {
    /// The provider's id.
    pub id: String,
    pub amount: i64,
    pub at: Timestamp,
    pub returned_at: Option<Timestamp>,
}

#[derive(Debug, Clone)]
pub struct OurDispute {
    /// The provider's id.
    pub id: String,
    pub amount: i64,
    pub fee: i64,
    pub opened_at: Timestamp,
    /// Since when the money is ours again.
    pub won_at: Option<Timestamp>,
}

/// What a file is about: from the one instant to the other, both within.
#[derive(Debug, Clone, Copy)]
pub struct Period {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Period {
    fn holds(self, at: Timestamp) -> bool {
        self.from <= at && at <= self.to
    }
}

/// In what the file and we differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// The file has it, and we know nothing of it.
    MissingHere,
    /// It is here, its time is the file's, and no file has it.
    MissingThere,
    Amount,
    Currency,
    Fee,
    /// The file has a word that is not known.
    UnknownKind,
}

impl What {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MissingHere => "missing_here",
            Self::MissingThere => "missing_there",
            Self::Amount => "amount",
            Self::Currency => "currency",
            Self::Fee => "fee",
            Self::UnknownKind => "unknown_kind",
        }
    }
}

/// One difference. With `what` its subject names it: said again it is the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub what: What,
    /// `payment`, `refund re_…`, `dispute`, `line txn_… charge`.
    pub subject: String,
    pub payment: Option<PaymentId>,
    /// What there is here, in minor units; none where there is nothing.
    pub ours: Option<i64>,
    /// What the files say.
    pub theirs: Option<i64>,
    pub currency: Currency,
}

/// A line that belongs to no payment of ours; none where that is as it should be.
pub fn stray(line: &Line) -> Option<Difference> {
    let what = match line.kind {
        Kind::Fee | Kind::Payout => return None,
        Kind::Unknown => What::UnknownKind,
        _ => What::MissingHere,
    };
    Some(of_line(what, line, None))
}

fn of_line(what: What, line: &Line, payment: Option<PaymentId>) -> Difference {
    Difference {
        what,
        subject: format!("line {} {}", line.external_id, line.word),
        payment,
        ours: None,
        theirs: Some(line.gross),
        currency: line.currency,
    }
}

/// All differences of one payment; `lines` are those of every file of the account that belong to
/// it. Where the provider settles in one currency, amounts that were paid in another are left out.
pub fn differences(
    ours: &Ours,
    lines: &[Line],
    period: Period,
    one_currency: bool,
) -> Vec<Difference> {
    let (mut found, mut rest) = (Vec::new(), lines.to_vec());
    for stray in &ours.strays {
        let (its, others) = rest.into_iter().partition::<Vec<Line>, _>(|line| stray.has(line));
        let label = format!("stray {} ", stray.object);
        let alone = stray.alone(ours.payment);
        found.extend(of_one((&alone, &label), &its, period, one_currency));
        rest = others;
    }
    found.extend(of_one((ours, ""), &rest, period, one_currency));
    found
}

/// The same without what is beyond its own; `label` comes before what is told of it.
fn of_one(
    (ours, label): (&Ours, &str),
    lines: &[Line],
    period: Period,
    one_currency: bool,
) -> Vec<Difference> {
    let mut found: Vec<Difference> = lines
        .iter()
        .filter(|line| line.kind == Kind::Unknown)
        .map(|line| of_line(What::UnknownKind, line, Some(ours.payment)))
        .collect();
    let about = |line: &&Line| matches!(line.kind, Kind::Payment | Kind::Refund | Kind::Dispute);
    let other = lines.iter().filter(about).find(|line| amount(line).1 != ours.currency);
    let comparable = match other {
        None => true,
        Some(line) if one_currency => line.currency == ours.currency,
        Some(line) => {
            found.push(of_line(What::Currency, line, Some(ours.payment)));
            return found;
        }
    };
    let case = Case { ours, label, lines, period, comparable };
    case.payment(&mut found);
    case.refunds(&mut found);
    case.disputes(&mut found);
    found
}

/// What a line says of the customer's money.
fn amount(line: &Line) -> (i64, Currency) {
    match line.paid {
        Some(paid) => (paid.amount.abs() * line.gross.signum(), paid.currency),
        None => (line.gross, line.currency),
    }
}

struct Case<'a> {
    ours: &'a Ours,
    label: &'a str,
    lines: &'a [Line],
    period: Period,
    /// Whether amounts can be compared at all.
    comparable: bool,
}

impl Case<'_> {
    fn of(&self, kind: Kind) -> Vec<&Line> {
        self.lines.iter().filter(|line| line.kind == kind).collect()
    }

    fn differs(&self, what: What, subject: &str, ours: i64, theirs: Option<i64>) -> Difference {
        Difference {
            what,
            subject: format!("{}{subject} {}", self.label, self.ours.payment),
            payment: Some(self.ours.payment),
            ours: (what != What::MissingHere).then_some(ours),
            theirs,
            currency: self.ours.currency,
        }
    }

    fn payment(&self, found: &mut Vec<Difference>) {
        let (ours, lines) = (self.ours, self.of(Kind::Payment));
        if lines.is_empty() {
            if ours.captured > 0 && ours.captured_at.is_some_and(|at| self.period.holds(at)) {
                found.push(self.differs(What::MissingThere, "payment", ours.captured, None));
            }
            return;
        }
        if !self.comparable {
            return;
        }
        let sum = lines.iter().map(|line| amount(line).0).sum::<i64>();
        if sum != ours.captured {
            found.push(self.differs(What::Amount, "payment", ours.captured, Some(sum)));
        }
        // A fee in another currency than the payment's is the files' alone.
        if self.lines.iter().all(|line| line.currency == ours.currency) {
            let refunds = self.of(Kind::Refund);
            let fee = lines.iter().chain(&refunds).map(|line| line.fee).sum::<i64>();
            if fee != ours.fee {
                found.push(self.differs(What::Fee, "payment", ours.fee, Some(fee)));
            }
        }
    }

    fn refunds(&self, found: &mut Vec<Difference>) {
        let mut theirs: BTreeMap<&str, i64> = BTreeMap::new();
        for line in self.of(Kind::Refund) {
            *theirs.entry(line.object.as_str()).or_default() += amount(line).0;
        }
        for refund in &self.ours.refunds {
            let subject = format!("refund {}", refund.id);
            let back = refund.returned_at.is_some_and(|at| at <= self.period.to);
            let expected = if back { 0 } else { -refund.amount };
            match theirs.remove(refund.id.as_str()) {
                None if self.period.holds(refund.at) && !back => {
                    found.push(self.differs(What::MissingThere, &subject, expected, None));
                }
                Some(sum) if self.comparable && sum != expected => {
                    found.push(self.differs(What::Amount, &subject, expected, Some(sum)));
                }
                _ => {}
            }
        }
        for (id, sum) in theirs.into_iter().filter(|(_, sum)| *sum != 0) {
            found.push(self.differs(What::MissingHere, &format!("refund {id}"), 0, Some(sum)));
        }
    }

    /// Files of some providers do not say which dispute a line is of: all of a payment together.
    fn disputes(&self, found: &mut Vec<Difference>) {
        let lines = self.of(Kind::Dispute);
        let known = self.ours.disputes.iter().filter(|one| one.opened_at <= self.period.to);
        let held = |one: &&OurDispute| one.won_at.is_none_or(|at| at > self.period.to);
        let expected = -known.clone().filter(held).map(|one| one.amount).sum::<i64>();
        if lines.is_empty() {
            let opened = known.clone().any(|one| self.period.holds(one.opened_at));
            if opened && expected != 0 {
                found.push(self.differs(What::MissingThere, "dispute", expected, None));
            }
            return;
        }
        let sum = lines.iter().map(|line| amount(line).0).sum::<i64>();
        if known.clone().next().is_none() {
            found.push(self.differs(What::MissingHere, "dispute", 0, Some(sum)));
        } else if self.comparable && sum != expected {
            found.push(self.differs(What::Amount, "dispute", expected, Some(sum)));
        } else if self.comparable {
            let fee = lines.iter().map(|line| line.fee).sum::<i64>();
            let ours = known.map(|one| one.fee).sum::<i64>();
            let same = lines.iter().all(|line| line.currency == self.ours.currency);
            if same && fee != ours {
                found.push(self.differs(What::Fee, "dispute", ours, Some(fee)));
            }
        }
    }
}
