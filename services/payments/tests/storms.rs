//! Every flow at every provider, whatever the weather: while the flow is under way its webhooks come
//! in every order, each once to three times, several at once over connections of their own, with the
//! browser's returns and retries of checkout among them. It ends as the straight run does.
//!
//! Where a flow has more webhooks than can all be permuted, a window of five slides over them.
//! `make test-long` sails through every storm (`TIPPLE_STORMS=all`), `make test` through each eleventh.

mod boat;
mod ends;
mod flows;
mod harbour;
mod lookout;
mod straight;
mod winds;

use futures::{StreamExt, stream};
use kernel::Clock;
use testkit::{PayPal, Razorpay, StandIn, Stripe};

use self::{
    boat::Boat,
    flows::{Flow, Provider},
    harbour::Harbour,
    straight::Straight,
    winds::{Forecast, Wind},
};

/// All flows of one provider, one after another in one house.
async fn weather_everything<S: StandIn>(provider: Provider, stand_in: impl AsyncFn(Clock) -> S) {
    let harbour = Harbour::open(provider, stand_in).await;
    let mut forecast = Forecast::default();
    let all = async {
        for flow in Flow::all(provider) {
            let began = tokio::time::Instant::now();
            let boats = weather(&harbour, flow, &mut forecast).await;
            println!("{flow}: {boats} boats in {:?}", began.elapsed());
        }
    };
    tokio::select! {
        () = all => {}
        () = harbour.look_out() => {}
    }
    harbour.check().await;
}

/// One flow: straight, and then all its storms; how many there were.
async fn weather<S: StandIn>(harbour: &Harbour<S>, flow: Flow, forecast: &mut Forecast) -> usize {
    let straight = &Straight::run(harbour, flow).await;
    straight.check(harbour.provider, flow);
    let mut winds = forecast.all(straight.kinds.len(), straight.before[flow.calm].0);
    if std::env::var("TIPPLE_STORMS").is_err() {
        winds.retain(Wind::is_sampled);
    }
    let sail = |wind: Wind| async move {
        let boat = Boat::launch(harbour, flow).await;
        boat.weather(harbour, straight, &wind).await;
        (wind, boat)
    };
    let (winds, boats): (Vec<Wind>, Vec<Boat>) =
        stream::iter(winds).map(sail).buffered(flow.at_once(harbour.provider)).unzip().await;
    harbour.quiet(false).await;
    let ends = harbour.ends(&boats).await;
    for ((wind, boat), end) in winds.iter().zip(&boats).zip(ends) {
        assert_eq!(harbour.kinds(boat), straight.kinds, "{flow}, {wind:?}");
        end.check(&straight.end, flow.raced, || format!("{flow}, {wind:?}"));
        harbour.lookout.forget(boat.order);
    }
    boats.len()
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
