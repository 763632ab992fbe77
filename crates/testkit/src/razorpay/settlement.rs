//! The settlement reconciliation report. All of it is in paise: what was paid in another currency
//! is settled in rupees, at rates that never change here.

use kernel::{Currency, Money};
use sha2::{Digest, Sha256};

use super::{
    refunds::Refund,
    state::{Payment, State},
};

const COLUMNS: &str = "entity_id,type,debit,credit,amount,currency,fee,tax,on_hold,settled,\
                       created_at,settled_at,settlement_id,posted_at,credit_type,description,notes,\
                       payment_id,settlement_utr,order_id,order_receipt,method,card_network,\
                       card_issuer,card_type,dispute_id";

/// One movement on the account, in paise.
pub struct Line {
    entity: String,
    kind: &'static str,
    debit: i64,
    credit: i64,
    amount: i64,
    fee: i64,
    tax: i64,
    at: i64,
    payment: Option<String>,
    order: String,
    dispute: Option<String>,
}

/// Paise for an amount in any currency.
pub fn in_rupees(amount: Money) -> i64 {
    let (paise, minor) = match amount.currency {
        Currency::INR => (1, 1),
        Currency::USD => (85, 1),
        Currency::EUR => (98, 1),
        Currency::JPY => (57, 1),
        Currency::KWD => (277, 10),
        _ => (50, 1),
    };
    amount.amount * paise / minor
}

impl State {
    pub fn settle_capture(&mut self, payment: &Payment, now: i64) {
        let amount = in_rupees(payment.amount);
        let (fee, tax) = (payment.fee.unwrap_or_default(), payment.tax.unwrap_or_default());
        self.lines.push(Line {
            entity: payment.id.clone(),
            kind: "payment",
            debit: 0,
            credit: amount - fee,
            amount,
            fee,
            tax,
            at: now,
            payment: None,
            order: payment.order.clone(),
            dispute: None,
        });
    }

    pub fn settle_refund(&mut self, refund: &Refund, now: i64) {
        if refund.status != "processed" {
            return;
        }
        let order = self.payment(&refund.payment).expect("its payment").order.clone();
        let amount = in_rupees(refund.amount);
        self.lines.push(Line {
            entity: refund.id.clone(),
            kind: "refund",
            debit: amount,
            credit: 0,
            amount,
            fee: 0,
            tax: 0,
            at: now,
            payment: Some(refund.payment.clone()),
            order,
            dispute: None,
        });
    }

    /// What a dispute takes, or brings back when it is won: an adjustment with an id of its own.
    /// `change` is in minor units of the payment's currency.
    pub fn settle_dispute(&mut self, payment: &Payment, (dispute, change): (&str, i64), now: i64) {
        let amount = in_rupees(Money::new(change.abs(), payment.amount.currency));
        let back = change > 0;
        self.lines.push(Line {
            entity: super::state::id("adj"),
            kind: "adjustment",
            debit: if back { 0 } else { amount },
            credit: if back { amount } else { 0 },
            amount,
            fee: 0,
            tax: 0,
            at: now,
            payment: Some(payment.id.clone()),
            order: payment.order.clone(),
            dispute: Some(dispute.to_owned()),
        });
    }

    /// What moved from `from` until `to`, settled at `to`: the same again whenever it is asked.
    pub fn settlement(&self, from: i64, to: i64) -> String {
        let named = hex::encode(Sha256::digest(format!("{from} {to}")));
        let (id, utr) = (format!("setl_{}", &named[..14]), format!("{to}{}", &named[14..20]));
        let mut csv = format!("{COLUMNS}\n");
        for line in self.lines.iter().filter(|line| (from..to).contains(&line.at)) {
            let receipt = self.orders.get(&line.order).and_then(|order| order.receipt.as_deref());
            let cells = [
                &line.entity,
                line.kind,
                &line.debit.to_string(),
                &line.credit.to_string(),
                &line.amount.to_string(),
                "INR",
                &line.fee.to_string(),
                &line.tax.to_string(),
                "false",
                "true",
                &line.at.to_string(),
                &to.to_string(),
                &id,
                "",
                "default",
                "",
                "{}",
                line.payment.as_deref().unwrap_or_default(),
                &utr,
                &line.order,
                receipt.unwrap_or_default(),
                "card",
                "Visa",
                "HDFC",
                "credit",
                line.dispute.as_deref().unwrap_or_default(),
            ];
            csv.push_str(&cells.join(","));
            csv.push('\n');
        }
        csv
    }
}
