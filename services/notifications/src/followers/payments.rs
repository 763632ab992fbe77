use feed::Received;
use payments_api::{ComplaintMove, ComplaintMoved, MoneyMove, PaymentMoved};
use serde_json::json;

use crate::{
    App,
    db::News,
    letter::{Kind, line},
};

/// That money went back.
pub async fn payment_moved(app: App, told: Received<PaymentMoved>) -> anyhow::Result<()> {
    let MoneyMove::Refunded { amount, reason } = &told.event.moved else { return Ok(()) };
    let news = News {
        dedupe_key: format!("event/{}", told.id()),
        order: told.event.order,
        kind: Kind::Refunded,
        facts: json!({ "amount": amount.to_string(), "reason": line(reason, 300) }),
    };
    super::tell(app, told, news).await
}

/// That nothing goes back of what the customer asked for. What does is told when it has.
pub async fn complaint_moved(app: App, told: Received<ComplaintMoved>) -> anyhow::Result<()> {
    let complaint = &told.event;
    let ComplaintMove::Declined { answer } = &complaint.moved else { return Ok(()) };
    let news = News {
        dedupe_key: format!("complaint/{}/declined", complaint.complaint),
        order: complaint.order,
        kind: Kind::ComplaintDeclined,
        facts: json!({ "answer": line(answer, 300) }),
    };
    super::tell(app, told, news).await
}
