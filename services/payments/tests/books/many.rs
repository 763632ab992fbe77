//! Two thousand orders in five currencies, with everything that can become of their money, at a
//! provider that keeps a book of its own.

use std::{collections::BTreeMap, time::Duration};

use futures::{StreamExt, stream};
use host::Part as Service;
use jiff::SignedDuration;
use kernel::{Clock, Currency, DriverId, JobId, LineId, Money, OrderId, StoreId, VendorId};
use orders_api::{Move, OrderMoved, State};
use payments_api::{Part, PartKind, Sale, SaleLine, Start, Started};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use testkit::{Bench, Pays, StandIn, Stripe};
use tokio::net::TcpListener;

use super::terms;
use crate::shop::{LEFT, Shop, facts};

const SERVICES: &[Service] = &[payments::PART];
const ORDERS: usize = 2_000;
const AT_ONCE: usize = 16;
const CURRENCIES: [Currency; 5] =
    [Currency::USD, Currency::EUR, Currency::JPY, Currency::KWD, Currency::INR];

/// What becomes of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    NeverPaid,
    /// Cancelled before it was packed: what was set aside is free again.
    Freed,
    Delivered,
    /// Less was packed than ordered.
    Short,
    /// Something came back from the door.
    Returned,
    Lost,
    /// Cancelled when the money had been taken.
    CancelledLate,
    /// An operator gives back, twice.
    Sorry,
    /// Somebody refunds in the provider's own pages.
    ByHand,
    DisputeWon,
    DisputeLost,
}

const FATES: [Fate; 11] = [
    Fate::NeverPaid,
    Fate::Freed,
    Fate::Delivered,
    Fate::Short,
    Fate::Returned,
    Fate::Lost,
    Fate::CancelledLate,
    Fate::Sorry,
    Fate::ByHand,
    Fate::DisputeWon,
    Fate::DisputeLost,
];

struct Order {
    order: OrderId,
    sale: Sale,
    total: Money,
    fate: Fate,
    /// How much of it goes back, is packed, or disputed.
    some: Money,
}

/// An amount that every provider takes: of dinars Stripe wants tens.
fn whole(amount: i64, currency: Currency) -> i64 {
    if currency == Currency::KWD { (amount / 10).max(1) * 10 } else { amount.max(1) }
}

fn any_order(random: &mut StdRng, number: usize, vendors: &[(VendorId, StoreId)]) -> Order {
    let currency = CURRENCIES[number % CURRENCIES.len()];
    let mut part = |kind: PartKind, most: i64| {
        let amount = Money::new(whole(random.random_range(1..most), currency), currency);
        let authority = match kind {
            PartKind::SalesTax => Some(["State", "County"][number % 2].to_owned()),
            PartKind::Excise => Some("Customs".to_owned()),
            _ => None,
        };
        Part { kind, authority, label: format!("{kind:?}"), ppm: None, amount }
    };
    let lines = (0..=number % 4).map(|_| {
        let parts = vec![
            part(PartKind::Goods, 20_000),
            part(PartKind::SalesTax, 2_000),
            part(PartKind::Excise, 300),
            part(PartKind::Deposit, 100),
        ];
        let total = Money::new(parts.iter().map(|part| part.amount.amount).sum(), currency);
        let unit_price = parts[0].amount;
        SaleLine { line: LineId::new(), name: "Gin".into(), quantity: 1, unit_price, total, parts }
    });
    let lines: Vec<SaleLine> = lines.collect();
    let charges = vec![
        part(PartKind::DeliveryFee, 900),
        part(PartKind::SalesTax, 90),
        part(PartKind::ServiceFee, 500),
        part(PartKind::Tip, 1_500),
    ];
    let (vendor, store) = vendors[number % vendors.len()];
    let text = || String::from("Here");
    let sale = Sale {
        vendor,
        store,
        store_name: text(),
        store_address: text(),
        time_zone: "America/Chicago".into(),
        number: format!("{number}"),
        recipient: text(),
        address: text(),
        lines,
        charges,
    };
    let total = sale.parts().map(|(_, part)| part.amount.amount).sum();
    let some = whole(random.random_range(1..total), currency);
    Order {
        order: OrderId::new(),
        total: Money::new(total, currency),
        fate: FATES[random.random_range(0..FATES.len())],
        some: Money::new(some, currency),
        sale,
    }
}

/// A shop with an account at Stripe, which is silent until it is to speak.
struct Fair {
    shop: Shop,
    stripe: Stripe,
    address: String,
}

impl Fair {
    async fn open() -> Self {
        let clock = Clock::turned(testkit::NOON.parse().unwrap());
        let stripe = Stripe::start(clock.clone()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let settings = format!(
            "public_url = \"{address}\"\n\
             [payments]\npatience_ms = 20000\npoll_authorised_seconds = 100000\n\
             poll_open_seconds = 100000\ndriver_pay = {{ USD = 450, JPY = 600 }}\n\
             [payments.refunds]\noperator_per_payment = 1000000000\n\
             operator_per_day = 1000000000000\n{}",
            stripe.settings()
        );
        let mut bench = Bench::of(SERVICES).clock(clock).settings(&settings).start().await;
        let router = bench.process.public();
        bench.process.listen(listener, router);
        Self { shop: Shop { bench, customer: testkit::customer() }, stripe, address }
    }

    async fn start(&self, order: &Order) -> Started {
        let start = Start {
            amount: order.total,
            vendor: order.sale.vendor,
            store: order.sale.store,
            sale: Some(order.sale.clone()),
            ..self.shop.start_of(order.order, 1)
        };
        let started: Started = self.shop.try_start(&start).await.ok();
        if order.fate != Fate::NeverPaid {
            self.stripe.pay(&started.provider_payment, Pays::Plainly).await;
            self.look(&started).await;
        }
        started
    }

    /// Has us ask the provider about a payment.
    async fn look(&self, started: &Started) {
        let path = format!("/v1/payments/payments/{}/return", started.payment);
        self.shop.customer().post(&path, json!({})).await.ok::<Value>();
    }

    async fn tell(&self, order: &Order, moved: Move, total: Money) {
        let now = self.shop.bench.now();
        let mut told = facts(&self.shop.customer, order.order, now);
        told.total = total;
        let event = OrderMoved { order: told, state: State::Cancelled, moved, version: 1 };
        self.shop.bench.tell(&event).await;
    }

    /// Before the order leaves the store.
    async fn pack(&self, order: &Order) {
        match order.fate {
            Fate::NeverPaid | Fate::Freed => {
                let reason = "nobody wants it".into();
                self.tell(order, Move::Cancelled { reason }, order.total).await;
            }
            Fate::Short => self.tell(order, Move::Packed, order.some).await,
            _ => self.tell(order, Move::Packed, order.total).await,
        }
    }

    /// And after.
    async fn meet_fate(&self, order: &Order, started: &Started) {
        let (name, some) = (&started.provider_payment, order.some);
        match order.fate {
            Fate::NeverPaid | Fate::Freed | Fate::DisputeWon | Fate::DisputeLost => {}
            Fate::Delivered | Fate::Short => self.deliver(order).await,
            Fate::Returned => self.tell(order, Move::Closed { refund: some }, order.total).await,
            Fate::Lost => {
                let reason = "it fell".into();
                self.tell(order, Move::Lost { reason, refund: some }, order.total).await;
            }
            Fate::CancelledLate => {
                let reason = "the store burnt".into();
                self.tell(order, Move::Cancelled { reason }, order.total).await;
            }
            Fate::Sorry => {
                let half = whole(some.amount / 2, some.currency);
                let rest = Money::new(half, some.currency);
                for (key, amount) in [("one", rest), ("two", rest)] {
                    let path = format!("/v1/payments/payments/{}/refunds", started.payment);
                    let operator = self.shop.operator().with("idempotency-key", key);
                    let body = json!({"amount": amount, "reason": "a broken bottle"});
                    let answer = operator.post(&path, body).await;
                    assert!(answer.status == 202 || answer.status == 409, "{:#}", answer.body);
                }
            }
            Fate::ByHand => {
                self.stripe.refund_by_hand(name, some);
                self.look(started).await;
            }
        }
    }

    /// Some customers' banks take money back; the provider tells, and decides.
    async fn dispute(&self, orders: &[(Order, Started)]) {
        self.stripe.send_to(Some(format!("{}/v1/payments/webhooks/stripe/main", self.address)));
        let mut disputes = Vec::new();
        for (order, started) in orders {
            if matches!(order.fate, Fate::DisputeWon | Fate::DisputeLost) {
                let dispute = self.stripe.dispute(&started.provider_payment, order.some);
                disputes.push((dispute, order.fate == Fate::DisputeWon));
            }
        }
        self.quiet().await;
        for (dispute, won) in disputes {
            self.stripe.decide(&dispute, won);
        }
        self.quiet().await;
    }

    async fn deliver(&self, order: &Order) {
        self.shop
            .bench
            .tell(&delivery_api::JobMoved {
                job: JobId::new(),
                order: order.order,
                driver: Some(DriverId::new()),
                driver_name: None,
                moved: delivery_api::JobMove::HandedOver { whole: true, lines: Vec::new() },
                eta: None,
                by: None,
            })
            .await;
    }

    /// Waits until nothing is left to do; meanwhile the books add up at every look.
    async fn quiet(&self) {
        for turn in 0..1_000 {
            if turn % 4 == 0 {
                self.is_balanced().await;
                self.shop.bench.advance(1);
            }
            // What it does may make the provider tell more.
            let quiet = self.shop.count(LEFT).await == 0 && self.stripe.has_told_all();
            if quiet && self.shop.count(LEFT).await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        panic!("there is always something left to do");
    }

    /// The trial balance, by currency and account.
    async fn is_balanced(&self) -> BTreeMap<(String, String), i64> {
        let balance = self.shop.operator().get("/v1/payments/books/trial-balance").await;
        let balance: Value = balance.ok();
        assert_eq!(balance["balanced"], true, "{balance:#}");
        let rows = balance["accounts"].as_array().unwrap().iter();
        let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
        rows.map(|row| {
            let name = (text(row, "currency"), text(row, "account"));
            (name, row["balance"].as_i64().unwrap())
        })
        .collect()
    }

    /// Every payment by the provider's own book, and by ours; what the provider holds by currency.
    async fn compare_books(&self, orders: &[(Order, Started)]) -> BTreeMap<String, i64> {
        let ours: Vec<(String, i64)> = sqlx::query_as(
            "select p.provider_payment,
                    coalesce(sum(e.amount) filter (where e.account = 'provider_clearing'), 0)::bigint
             from payments.payment p left join payments.ledger_entry e on e.payment_id = p.id
             group by 1",
        )
        .fetch_all(&mut self.shop.bench.connection().await)
        .await
        .unwrap();
        let ours: BTreeMap<String, i64> = ours.into_iter().collect();
        assert_eq!(ours.len(), ORDERS);
        let mut held = BTreeMap::new();
        for (order, started) in orders {
            let book = self.stripe.book(&started.provider_payment);
            let theirs = book.captured - book.refunded - book.disputed - book.fees;
            assert_eq!(ours[&started.provider_payment], theirs, "{:?}: {book:?}", order.fate);
            *held.entry(order.total.currency.code().to_owned()).or_default() += theirs;
        }
        held
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_orders_in_five_currencies_leave_books_that_agree() {
    let fair = &Fair::open().await;
    let mut random = StdRng::seed_from_u64(20_261_127);
    let vendors: Vec<_> = (0..20).map(|_| (VendorId::new(), StoreId::new())).collect();
    for (number, (vendor, _)) in vendors.iter().enumerate() {
        let path = format!("/v1/payments/vendors/{vendor}/terms");
        let terms = terms(1_000 + 33 * number as i32);
        fair.shop.operator().put(&path, terms).await.ok::<Value>();
    }
    let orders: Vec<_> =
        (0..ORDERS).map(|number| any_order(&mut random, number, &vendors)).collect();

    let start = |order: Order| async move {
        let started = fair.start(&order).await;
        (order, started)
    };
    let orders: Vec<(Order, Started)> =
        stream::iter(orders).map(start).buffer_unordered(AT_ONCE).collect().await;
    stream::iter(&orders).for_each_concurrent(AT_ONCE, |(order, _)| fair.pack(order)).await;
    fair.quiet().await;
    let meet = |(order, started)| fair.meet_fate(order, started);
    stream::iter(orders.iter().map(|(order, started)| (order, started)))
        .for_each_concurrent(AT_ONCE, meet)
        .await;
    fair.quiet().await;
    fair.dispute(&orders).await;

    let mut fates: BTreeMap<Fate, usize> = BTreeMap::new();
    for (order, _) in &orders {
        *fates.entry(order.fate).or_default() += 1;
    }
    assert!(fates.len() == FATES.len() && fates.values().all(|many| *many > 100), "{fates:?}");
    let held = fair.compare_books(&orders).await;
    let balance = fair.is_balanced().await;
    for currency in CURRENCIES {
        let of = |account: &str| {
            let name = (currency.code().to_owned(), account.to_owned());
            balance.get(&name).copied().unwrap_or(0)
        };
        assert_eq!(of("provider_clearing"), held[currency.code()], "{currency}");
        assert_eq!((of("customer"), of("authorisations"), of("disputes")), (0, 0, 0));
        assert_eq!(of("commissions"), -of("commission_income"));
        for account in ["sales", "taxes", "deposits", "tips", "driver_pay", "commission_income"] {
            assert!(of(account) < 0, "{account}: {}", of(account));
        }
        for account in ["refunds", "provider_fees", "dispute_losses"] {
            assert!(of(account) > 0, "{account}: {}", of(account));
        }
    }
    stored_balances_agree(fair).await;
}

/// The day is closed: what is kept of it is what its entries add up to; and rows of payments say
/// what the books say.
async fn stored_balances_agree(fair: &Fair) {
    fair.shop.bench.clock.advance(SignedDuration::from_hours(26));
    fair.shop
        .bench
        .later("the day is closed", || async {
            let kept = fair.shop.count("select count(*) from payments.closed_balance").await;
            (kept > 0).then_some(())
        })
        .await;
    let wrong = "select count(*)
                 from payments.closed_balance kept
                      full join (select currency, account, party, sum(amount) as balance
                                 from payments.ledger_entry where at < '2026-06-16T00:00:00Z'
                                 group by 1, 2, 3 having sum(amount) <> 0) as counted
                      using (currency, account, party)
                 where kept.balance is distinct from counted.balance";
    assert_eq!(fair.shop.count(wrong).await, 0);
    let rows = "select count(*) from payments.payment p
                where p.refunded <> coalesce(
                          (select -sum(amount) from payments.ledger_entry e
                                  join payments.ledger_transaction t on t.id = e.transaction_id
                           where e.payment_id = p.id and t.kind = 'refunded'
                             and account = 'provider_clearing'), 0)
                   or p.captured <> coalesce(
                          (select sum(amount) from payments.ledger_entry e
                                  join payments.ledger_transaction t on t.id = e.transaction_id
                           where e.payment_id = p.id and t.kind = 'captured'
                             and account = 'provider_clearing'), 0)";
    assert_eq!(fair.shop.count(rows).await, 0);
    let beyond = "select count(*)
                  from (select payment_id, part, sum(amount) as debit
                        from payments.ledger_entry where part is not null group by 1, 2) as parts
                  where debit > 0";
    assert_eq!(fair.shop.count(beyond).await, 0, "no part gave more than it had");
    assert_eq!(fair.shop.count("select count(*) from payments.mismatch").await, 0);
    fair.is_balanced().await;
}
