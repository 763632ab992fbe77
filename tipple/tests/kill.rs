//! The process is killed again and again while orders are on their way; each must arrive, and
//! nothing may be lost, doubled or stuck.

mod support;

use std::{sync::Arc, time::Duration};

use kernel::Role;
use support::{
    Town,
    trade::{Before, Ends, Fate, buy, drive, everything_adds_up, keep_counter, watch_the_ledger},
};
use tipple::demo::visitor::Visitor;
use tokio::sync::watch;

const ORDERS: usize = 12;
const DRIVERS: usize = 4;
const KILLS: usize = 24;
const BOTTLES: u32 = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_survive_a_process_that_is_killed_at_any_moment() {
    let town = Arc::new(Town::new(1).await);
    town.house().migrate(|_| ()).await.expect("the tables");
    let _provider = town.start_provider().await;
    let mut running = town.start(0).await;
    let settled = Arc::new(town.settle(BOTTLES).await);
    let customers = town.people(ORDERS, &Role::Customer).await;
    let drivers = town.people(DRIVERS, &Role::Driver).await;
    town.await_birthdays((ORDERS + DRIVERS) as i64).await;

    let before = Before::of(&town).await;
    let (stop, stopped) = watch::channel(false);
    let mut work = Vec::new();
    work.push(tokio::spawn(keep_counter(Arc::clone(&settled), stopped.clone())));
    for driver in drivers {
        let driver = town.visitor(0, driver, vec![Role::Driver]);
        work.push(tokio::spawn(drive(driver, stopped.clone())));
    }
    let watching = tokio::spawn(watch_the_ledger(Arc::clone(&town), stopped.clone()));
    let buying: Vec<_> = customers
        .into_iter()
        .enumerate()
        .map(|(number, customer)| {
            let customer = town.visitor(0, customer, vec![Role::Customer]);
            let settled = Arc::clone(&settled);
            let at_provider = Visitor::at(&town.provider_base());
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(number as u64 * 900)).await;
                buy(&customer, &at_provider, &settled, Fate::of(number)).await;
            })
        })
        .collect();
    for kill in 0..KILLS {
        // Unequal steps, so that the moments of death spread over everything that is going on.
        tokio::time::sleep(Duration::from_millis(150 + (kill as u64 * 379) % 700)).await;
        running.kill();
        running = town.start(0).await;
    }
    for order in buying {
        order.await.expect("every order arrives");
    }
    stop.send(true).expect("someone works");
    for worker in work {
        worker.await.expect("a worker");
    }
    let snapshots = watching.await.expect("the ledger was watched");
    assert!(snapshots > 50, "only {snapshots} looks at the ledger");
    let ends = Ends::of((0..ORDERS).map(Fate::of));
    everything_adds_up(&town, &before, ends).await;
    drop(running);
}
