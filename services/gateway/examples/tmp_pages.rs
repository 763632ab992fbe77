use testkit::Bench;
const PARTS: &[host::Part] = &[gateway::PART];
#[tokio::main]
async fn main() {
    gateway::publish(vec![("gateway", (gateway::PART.open_api)())]);
    let mut b = Bench::of(PARTS).start().await;
    let l = tokio::net::TcpListener::bind("127.0.0.1:18099").await.unwrap();
    let r = b.process.public();
    b.process.listen(l, r);
    tokio::time::sleep(std::time::Duration::from_secs(120)).await;
}
