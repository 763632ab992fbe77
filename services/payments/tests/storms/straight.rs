//! A flow that goes its way with nothing in between, and what is meant to come of it.

use testkit::StandIn;

use super::{
    boat::Boat,
    ends::End,
    flows::{Flow, Provider},
    harbour::Harbour,
    lookout::Sight,
};

pub struct Straight {
    /// Before each act: how many webhooks there were, and how the payment stood.
    pub before: Vec<(usize, Sight)>,
    /// All its webhooks, oldest first.
    pub kinds: Vec<String>,
    pub end: End,
}

impl Straight {
    /// Act by act, and webhook by webhook, each when all is done that comes of the one before.
    pub async fn run<S: StandIn>(harbour: &Harbour<S>, flow: Flow) -> Self {
        let boat = Boat::launch(harbour, flow).await;
        let (mut before, mut sent, mut banks_think) = (Vec::new(), 0, false);
        harbour.quiet(false).await;
        for act in flow.acts {
            let sight = harbour.lookout.sight(boat.order).expect("it is there");
            before.push((sent, sight));
            banks_think = act.makes_banks_think() || banks_think && !act.is_their_word();
            boat.act(harbour, *act).await;
            harbour.quiet(banks_think).await;
            boat.come_back(harbour).await;
            harbour.quiet(banks_think).await;
            while sent < harbour.kinds(&boat).len() {
                harbour.send(boat.order, sent).await;
                sent += 1;
                harbour.quiet(banks_think).await;
            }
        }
        let kinds = harbour.kinds(&boat);
        let end = harbour.ends(std::slice::from_ref(&boat)).await.remove(0);
        harbour.lookout.forget(boat.order);
        Self { before, kinds, end }
    }

    /// That it is what is meant by the flow: not by what it was compared with, but by what is written
    /// down of it, and by the provider's own book.
    pub fn check(&self, provider: Provider, flow: Flow) {
        let (end, shown) = (&self.end, || format!("{flow}: {:#?}", self.end));
        let captures: u32 = end.books.iter().map(|book| book.captures).sum();
        assert_eq!(captures, flow.captures(provider), "{}", shown());
        assert_eq!(end.words(), flow.ends(provider), "{}", shown());
        assert_eq!(end.here.alerts, flow.alerts, "{}", shown());
        let operations = &end.here.operations;
        let failed = operations.iter().filter(|one| one.ends_with(" failed")).count();
        // A cancellation is asked for until the bank has decided.
        assert!(flow.raced || failed == flow.failed(provider), "{}", shown());
        let done = operations.iter().filter(|one| one.ends_with(" done")).count();
        assert_eq!(failed + done, operations.len(), "{}", shown());
        let net = end.sum("captured") - end.sum("refunded") - end.sum("disputed");
        assert_eq!(net, flow.keeps, "{}", shown());
        let theirs = end.books.iter().map(|one| one.captured - one.refunded - one.disputed);
        assert_eq!(theirs.sum::<i64>(), flow.keeps, "{}", shown());
        assert_eq!(*end.here.ledger, end.ledger_by_their_books(), "{}", shown());
    }
}
