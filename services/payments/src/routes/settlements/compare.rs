//! A file that has just been kept, compared with what is kept here.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use kernel::PaymentId;
use store::Tx;
use uuid::Uuid;

use crate::{
    db::{
        self,
        settlement::{At, Lines},
    },
    settlement::{self, Difference, Line, Period, What},
};

/// Payments that are compared with one statement each.
const AT_ONCE: usize = 500;

/// Compares all payments that the file is about with all that the files of the account have said of
/// them, keeps what differs, and takes back what no longer does.
pub async fn compare(
    tx: &mut Tx<'_>,
    (file, at): (Uuid, At<'_>),
    period: Period,
    known_now: Vec<PaymentId>,
    now: Timestamp,
) -> anyhow::Result<()> {
    let mut payments: BTreeSet<Uuid> = known_now.into_iter().map(PaymentId::uuid).collect();
    let touched = db::settlement::touched(tx, file, at, period).await?;
    payments.extend(touched.into_iter().map(PaymentId::uuid));
    let payments: Vec<Uuid> = payments.into_iter().collect();
    for some in payments.chunks(AT_ONCE) {
        let differences = of_payments(tx, at, some, period).await?;
        db::settlement::keep(tx, file, at, &differences, now).await?;
        db::settlement::resolve(tx, at, some, &differences, now).await?;
    }
    let strays = db::settlement::lines(tx, Lines::StraysOf(file)).await?;
    let strays: Vec<Difference> =
        strays.iter().filter_map(|(_, line)| settlement::stray(line)).collect();
    Ok(db::settlement::keep(tx, file, at, &strays, now).await?)
}

async fn of_payments(
    tx: &mut Tx<'_>,
    at: At<'_>,
    payments: &[Uuid],
    period: Period,
) -> anyhow::Result<Vec<Difference>> {
    let mut lines: HashMap<PaymentId, Vec<Line>> = HashMap::new();
    for (payment, line) in db::settlement::lines(tx, Lines::Of(payments)).await? {
        if let Some(payment) = payment {
            lines.entry(payment).or_default().push(line);
        }
    }
    let one_currency = settlement::settles_in_one_currency(at.provider);
    let mut differences = Vec::new();
    for ours in db::settlement::ours(tx, payments).await? {
        let lines = lines.get(&ours.payment).map(Vec::as_slice).unwrap_or_default();
        differences.extend(settlement::differences(&ours, lines, period, one_currency));
    }
    Ok(differences)
}

/// Lines that an earlier file told otherwise. What was told first stays; nothing resolves that by
/// itself.
pub async fn contradictions(
    tx: &mut Tx<'_>,
    at: At<'_>,
    lines: &[Line],
) -> anyhow::Result<Vec<Difference>> {
    let changed = db::settlement::changed(tx, at, lines).await?;
    changed
        .into_iter()
        .map(|(id, word, ours, theirs, currency)| {
            let currency = kernel::Currency::from_code(&currency);
            Ok(Difference {
                what: What::Amount,
                subject: format!("line {id} {word}"),
                payment: None,
                ours: Some(ours),
                theirs: Some(theirs),
                currency: currency.ok_or_else(|| anyhow::anyhow!("a line without currency"))?,
            })
        })
        .collect()
}
