//! The stand-in's signatures before Stripe's own library for Python.

use std::{path::Path, process::Command};

use kernel::OrderId;
use testkit::StandIn;

use super::Till;

const CHECK: &str = "
import sys, stripe
body, header, secret = open(sys.argv[1], 'rb').read(), sys.argv[2], sys.argv[3]
try:
    event = stripe.Webhook.construct_event(body, header, secret, tolerance=None)
except stripe.SignatureVerificationError:
    sys.exit(3)
print(event['id'])
";

#[tokio::test]
async fn stripes_own_library_takes_them() {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/python/bin/python");
    let there = Command::new(&python).args(["-c", "import stripe"]).output();
    if !there.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "scripts/setup python installs it");
        println!("skipped: scripts/setup python has not been run");
        return;
    }
    let till = Till::open().await;
    till.captured(OrderId::new(), 2599).await;
    let webhooks = till.stripe.webhooks(till.shop.bench.now());
    assert_eq!(webhooks.len(), 2);
    let folder = std::env::temp_dir().join(format!("tipple-stripe-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (index, webhook) in webhooks.iter().enumerate() {
        let file = folder.join(index.to_string());
        std::fs::write(&file, &webhook.body).unwrap();
        let header = webhook.headers["stripe-signature"].to_str().unwrap();
        let ask = |header: &str, secret: &str| {
            let mut check = Command::new(&python);
            let output = check.args(["-c", CHECK]).arg(&file).arg(header).arg(secret).output();
            let output = output.unwrap();
            (output.status.code(), String::from_utf8(output.stdout).unwrap())
        };
        let event: serde_json::Value = serde_json::from_slice(&webhook.body).unwrap();
        let id = format!("{}\n", event["id"].as_str().unwrap());
        assert_eq!(ask(header, till.stripe.webhook_secret()), (Some(0), id));
        assert_eq!(ask(header, "whsec_of_somebody_else").0, Some(3));
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
