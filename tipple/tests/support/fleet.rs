//! Two processes of everything, the gateway too.

use std::time::Duration;

use super::{Running, Town, free_ports};

/// What runs in one process; there are two of each.
pub const GROUPS: [&[&str]; 5] = [
    &["gateway"],
    &["accounts"],
    &["catalogue", "compliance"],
    &["cart", "delivery"],
    &["orders", "payments", "notifications", "insight"],
];

pub struct Fleet {
    pub town: Town,
    /// What runs, at which port; the gateways last.
    pub running: Vec<(&'static [&'static str], u16, Running)>,
    upstreams: Vec<(String, String)>,
}

impl Fleet {
    pub async fn start() -> Self {
        Self::of(Town::new(2).await, Vec::new()).await
    }

    /// In a town with two gateways, with more settings as environment variables.
    pub async fn of(town: Town, more: Vec<(String, String)>) -> Self {
        town.house().migrate(|_| ()).await.expect("the tables");
        let mut ports = free_ports(2 * GROUPS.len() - 2);
        ports.extend(town.ports.iter().rev());
        let mut places = Vec::new();
        for group in GROUPS {
            for _ in 0..2 {
                places.push((group, ports.pop().expect("a port")));
            }
        }
        let upstreams = GROUPS.iter().flat_map(|group| group.iter()).map(|service| {
            let at = places.iter().filter(|(group, _)| group.contains(service));
            let at: Vec<String> = at.map(|(_, port)| format!("http://127.0.0.1:{port}")).collect();
            (format!("TIPPLE__UPSTREAMS__{}", service.to_uppercase()), format!("{at:?}"))
        });
        let mut upstreams: Vec<_> = upstreams.chain(more).collect();
        upstreams.push(("TIPPLE__DATABASE__MIGRATE_ON_START".into(), "false".into()));
        let mut fleet = Self { town, running: Vec::new(), upstreams };
        // The gateways last: they ask the others whether they are ready.
        for (group, port) in places.into_iter().rev() {
            let running = fleet.town.start_at(port, group, &fleet.upstreams).await;
            fleet.running.push((group, port, running));
        }
        fleet.await_ready().await;
        fleet
    }

    pub async fn await_ready(&self) {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        for port in &self.town.ports {
            let ready = || async {
                let answer = http.get(format!("http://127.0.0.1:{port}/readyz")).send().await;
                answer.is_ok_and(|answer| answer.status().is_success())
            };
            eventually("the house is ready", ready).await;
        }
    }

    /// Starts again what stood at this place.
    pub async fn start_again(&mut self, place: usize) {
        let (group, port, _) = self.running[place];
        self.running[place].2 = self.town.start_at(port, group, &self.upstreams).await;
    }
}

/// Waits until it is so.
pub async fn eventually<W: Future<Output = bool>>(what: &str, is_so: impl Fn() -> W) {
    for _ in 0..2400 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it never happened: {what}");
}
