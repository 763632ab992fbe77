//! Every flow at every provider, whatever the weather: while the flow is under way its webhooks come
//! in every order, each once to three times, several at once over connections of their own, with the
//! browser's returns and retries of checkout among them. It ends as the straight run does.
//!
//! Where a flow has more webhooks than can all be permuted, a window of five slides over them.

mod boat;
mod ends;
mod flows;
mod harbour;
mod lookout;
mod winds;

use futures::{StreamExt, stream};
use kernel::Clock;
use testkit::{PayPal, Razorpay, StandIn, Stripe};

use self::{
    boat::{Boat, Straight},
    flows::{FLOWS, Flow, Provider},
    harbour::Harbour,
    winds::Wind,
};

/// Payments that go through a storm side by side.
const AT_ONCE: usize = 24;
/// Of a flow that is much like another, one in so many storms is run.
const PART: usize = 4;

/// All flows of one provider, one after another in one house.
async fn weather_everything<S: StandIn>(provider: Provider, stand_in: impl AsyncFn(Clock) -> S) {
    let harbour = Harbour::open(provider, stand_in).await;
    let all = async {
        for flow in FLOWS {
            let began = tokio::time::Instant::now();
            let boats = weather(&harbour, *flow).await;
            println!("{flow}: {boats} boats in {:?}", began.elapsed());
        }
    };
    tokio::select! {
        () = all => {}
        () = harbour.look_out() => {}
    }
    let mismatches = "select count(*) from payments.mismatch";
    assert_eq!(harbour.shop.count(mismatches).await, 0);
}

/// One flow: straight, and then all its storms; how many there were.
async fn weather<S: StandIn>(harbour: &Harbour<S>, flow: Flow) -> usize {
    let straight = &Straight::run(harbour, flow).await;
    straight.check(harbour.provider, flow);
    let mut winds = winds::all(straight.kinds.len());
    if flow.sampled {
        winds = winds.into_iter().step_by(PART).collect();
    }
    let count = winds.len();
    let sail = |wind: Wind| async move {
        let boat = Boat::launch(harbour, flow).await;
        boat.weather(harbour, straight, &wind).await;
        (wind, boat)
    };
    let boats: Vec<(Wind, Boat)> = stream::iter(winds).map(sail).buffered(AT_ONCE).collect().await;
    harbour.quiet(false).await;
    for (wind, boat) in boats {
        assert_eq!(harbour.kinds(&boat), straight.kinds, "{flow}, {wind:?}");
        let what = || format!("{flow}, {wind:?}");
        boat.end(harbour).await.check(&straight.end, flow.raced, what);
        harbour.forget(&boat);
    }
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paypal_in_every_weather() {
    weather_everything(Provider::PayPal, PayPal::start).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn razorpay_in_every_weather() {
    weather_everything(Provider::Razorpay, Razorpay::start).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stripe_in_every_weather() {
    weather_everything(Provider::Stripe, Stripe::start).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stripes_page_in_every_weather() {
    let its_page = async |clock| Stripe::start(clock).await.with_its_page();
    weather_everything(Provider::Stripe, its_page).await;
}
