//! What really happened to the money of an order.

use kernel::Currency;

use super::state::State;
use crate::provider::Book;

impl State {
    /// Fees only of payments in rupees: those of others are not in the payment's own currency.
    pub fn book(&self, order: &str) -> Book {
        let mut book = Book::default();
        for payment in self.of_order(order) {
            book.authorisations += u32::from(payment.authorised_at.is_some());
            if !payment.captured {
                continue;
            }
            book.captures += 1;
            book.captured += payment.amount.amount;
            if payment.amount.currency == Currency::INR {
                book.fees += payment.fee.unwrap_or_default();
            }
            let refunds = self.refunds.iter().filter(|refund| refund.payment == payment.id);
            for refund in refunds.filter(|refund| refund.status == "processed") {
                book.refunds += 1;
                book.refunded += refund.amount.amount;
            }
            let disputes = self.disputes.iter().filter(|dispute| dispute.payment == payment.id);
            book.disputed += disputes.map(|dispute| dispute.deducted).sum::<i64>();
        }
        book
    }
}
