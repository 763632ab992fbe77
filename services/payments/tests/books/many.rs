//! Two thousand orders in five currencies, with everything that can become of their money, at three
//! providers that each keep a book of their own.

use std::{collections::BTreeMap, time::Duration};

use futures::{StreamExt, stream};
use host::Part as Service;
use http::Method;
use jiff::{SignedDuration, Timestamp};
use kernel::{Clock, Currency, DriverId, JobId, LineId, Money, OrderId, StoreId, VendorId};
use orders_api::{Move, OrderMoved, State};
use payments_api::{Part, PartKind, Sale, SaleLine, Start, Started};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use testkit::{Bench, Book, PayPal, Pays, Razorpay, StandIn, Stripe};
use tokio::net::TcpListener;

use super::terms;
use crate::shop::{LEFT, Shop, facts};

const SERVICES: &[Service] = &[payments::PART];
const ORDERS: usize = 2_000;
const AT_ONCE: usize = 16;
const CURRENCIES: [Currency; 5] =
    [Currency::USD, Currency::EUR, Currency::JPY, Currency::KWD, Currency::INR];

/// More than all refunds of an operator together, in minor units.
const MUCH: i64 = 1_000_000_000_000;

/// Where an order is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum At {
    Stripe,
    PayPal,
    Razorpay,
}

impl At {
    const ALL: [Self; 3] = [Self::Stripe, Self::PayPal, Self::Razorpay];

    const fn name(self) -> &'static str {
        match self {
            Self::Stripe => Stripe::PROVIDER,
            Self::PayPal => PayPal::PROVIDER,
            Self::Razorpay => Razorpay::PROVIDER,
        }
    }

    /// PayPal takes no dinars, and rupees only within India.
    const fn takes(self, currency: Currency) -> bool {
        !matches!((self, currency), (Self::PayPal, Currency::KWD | Currency::INR))
    }
}

/// The same at whichever stand-in.
macro_rules! there {
    ($fair:expr, $at:expr, $one:ident => $done:expr) => {
        match $at {
            At::Stripe => {
                let $one = &$fair.stripe;
                $done
            }
            At::PayPal => {
                let $one = &$fair.paypal;
                $done
            }
            At::Razorpay => {
                let $one = &$fair.razorpay;
                $done
            }
        }
    };
}

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
    at: At,
    sale: Sale,
    total: Money,
    fate: Fate,
    /// How much of it goes back, is packed, or disputed.
    some: Money,
}

/// An amount that every provider takes: of dinars they want tens.
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
    let takes: Vec<At> = At::ALL.into_iter().filter(|at| at.takes(currency)).collect();
    Order {
        order: OrderId::new(),
        at: takes[number / CURRENCIES.len() % takes.len()],
        total: Money::new(total, currency),
        fate: FATES[random.random_range(0..FATES.len())],
        some: Money::new(some, currency),
        sale,
    }
}

/// A shop with an account at each provider; they are silent until they are to speak.
struct Fair {
    shop: Shop,
    stripe: Stripe,
    paypal: PayPal,
    razorpay: Razorpay,
    address: String,
}

impl Fair {
    async fn open() -> Self {
        let clock = Clock::turned(testkit::NOON.parse().unwrap());
        let stripe = Stripe::start(clock.clone()).await;
        let paypal = PayPal::start(clock.clone()).await;
        let razorpay = Razorpay::start(clock.clone()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let settings = format!(
            "public_url = \"{address}\"\n\
             [payments]\npatience_ms = 20000\npoll_authorised_seconds = 100000\n\
             poll_open_seconds = 100000\ndriver_pay = {{ USD = 450, JPY = 600 }}\n\
             [payments.refunds]\n\
             operator_per_payment = {{ EUR = {MUCH}, INR = {MUCH}, JPY = {MUCH}, KWD = {MUCH}, USD = {MUCH} }}\n\
             operator_per_day = {{ EUR = {MUCH}, INR = {MUCH}, JPY = {MUCH}, KWD = {MUCH}, USD = {MUCH} }}\n\
             {}{}{}",
            stripe.settings(),
            paypal.settings(),
            razorpay.settings(),
        );
        let mut bench = Bench::of(SERVICES).clock(clock).settings(&settings).start().await;
        bench.process.listen(listener);
        let shop = Shop { bench, customer: testkit::customer() };
        // All three have agreed to the sale of alcohol.
        for at in At::ALL {
            let way = format!("{}:main", at.name());
            let way = json!({"way": way, "label": at.name(), "active": true});
            shop.operator().put("/v1/payments/ways", way).await.ok::<Value>();
        }
        Self { shop, stripe, paypal, razorpay, address }
    }

    async fn start(&self, order: &Order) -> Started {
        let start = Start {
            amount: order.total,
            vendor: order.sale.vendor,
            store: order.sale.store,
            sale: Some(order.sale.clone()),
            with: Some(format!("{}:main", order.at.name())),
            ..self.shop.start_of(order.order, 1)
        };
        let started: Started = self.shop.try_start(&start).await.ok();
        if order.fate != Fate::NeverPaid {
            let name = &started.provider_payment;
            there!(self, order.at, one => one.pay(name, Pays::Plainly).await);
            self.look(&started).await;
        }
        started
    }

    /// Has us ask the provider about a payment.
    async fn look(&self, started: &Started) {
        let path = format!("/v1/payments/payments/{}/return", started.payment);
        self.shop.bench.advance(1);
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
                there!(self, order.at, one => one.refund_by_hand(name, some));
                self.look(started).await;
            }
        }
    }

    /// Some customers' banks take money back; the providers tell, and decide.
    async fn dispute(&self, orders: &[(Order, Started)]) {
        for at in At::ALL {
            let url = format!("{}/v1/payments/webhooks/{}/main", self.address, at.name());
            there!(self, at, one => one.send_to(Some(url)));
        }
        let mut disputes = Vec::new();
        for (order, started) in orders {
            if matches!(order.fate, Fate::DisputeWon | Fate::DisputeLost) {
                let (name, some) = (&started.provider_payment, order.some);
                let dispute = there!(self, order.at, one => one.dispute(name, some));
                disputes.push((order.at, dispute, order.fate == Fate::DisputeWon));
            }
        }
        let all = disputes.len() as i64;
        self.told("select count(*) from payments.dispute where state <> 'named'", all).await;
        for (at, dispute, won) in disputes {
            there!(self, at, one => one.decide(&dispute, won));
        }
        self.told("select count(*) from payments.dispute where ended_at is not null", all).await;
    }

    /// Waits until the providers' webhooks have told so much, and nothing is left to do.
    async fn told(&self, query: &'static str, all: i64) {
        for _ in 0..1_000 {
            if self.shop.count(query).await == all {
                return self.quiet().await;
            }
            self.shop.bench.advance(1);
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        panic!("not all was told: {query}");
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
                pay: None,
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
            if self.shop.count(LEFT).await == 0 {
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

    /// Every payment by its provider's own book, and by ours; what each provider holds by currency.
    async fn compare_books(&self, orders: &[(Order, Started)]) -> BTreeMap<(At, String), i64> {
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
            let name = &started.provider_payment;
            let book: Book = there!(self, order.at, one => one.book(name));
            let theirs = book.captured - book.refunded - book.disputed - book.fees;
            assert_eq!(ours[name], theirs, "{:?} at {:?}: {book:?}", order.fate, order.at);
            *held.entry((order.at, order.total.currency.code().to_owned())).or_default() += theirs;
        }
        held
    }

    /// What we hold to be at each provider, by currency.
    async fn clearing(&self) -> BTreeMap<(At, String), i64> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "select party, currency::text, sum(amount)::bigint from payments.ledger_entry
             where account = 'provider_clearing' group by 1, 2",
        )
        .fetch_all(&mut self.shop.bench.connection().await)
        .await
        .unwrap();
        let at =
            |party: &str| At::ALL.into_iter().find(|at| party == format!("{}:main", at.name()));
        rows.into_iter().map(|(party, code, sum)| ((at(&party).unwrap(), code), sum)).collect()
    }

    /// The providers' own settlement files of all of it leave nothing open.
    async fn settle(&self) {
        let from: Timestamp = testkit::NOON.parse().unwrap();
        let to = self.shop.bench.now() + SignedDuration::from_secs(1);
        for at in At::ALL {
            let file = there!(self, at, one => one.settlement(from, to));
            let path = format!("/v1/payments/settlements/{}/main?from={from}&to={to}", at.name());
            let caller = self.shop.operator().with("content-type", "text/csv");
            let loaded: Value = caller.send(Method::POST, &path, file.into()).await.ok();
            assert!(loaded["new_lines"].as_i64() > Some(300), "{loaded:#}");
            assert_eq!(loaded["open_differences"], 0, "{at:?}: {loaded:#}");
        }
        self.is_balanced().await;
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
    assert_eq!(held.len(), 3 * 3 + 2 * 2, "each provider in each currency that it takes: {held:?}");
    assert_eq!(fair.clearing().await, held);
    let balance = fair.is_balanced().await;
    for currency in CURRENCIES {
        let of = |account: &str| {
            let name = (currency.code().to_owned(), account.to_owned());
            balance.get(&name).copied().unwrap_or(0)
        };
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
    fair.settle().await;
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
