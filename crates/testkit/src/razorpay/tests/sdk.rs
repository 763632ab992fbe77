//! Its signatures beside Razorpay's own library for Python.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use super::*;

/// Fails where one does not hold; then also where a forged one does.
const CHECK: &str = r#"
import json, sys, razorpay
from razorpay.errors import SignatureVerificationError
facts = json.load(sys.stdin)
client = razorpay.Client(auth=(facts["key_id"], facts["key_secret"]))
for hook in facts["webhooks"]:
    client.utility.verify_webhook_signature(hook["body"], hook["signature"], facts["webhook_secret"])
client.utility.verify_payment_signature(facts["proof"])
for forged in ({**facts["proof"], "razorpay_payment_id": "pay_other"},):
    try:
        client.utility.verify_payment_signature(forged)
    except SignatureVerificationError:
        continue
    sys.exit("a forged signature holds")
print(len(facts["webhooks"]))
"#;

#[tokio::test]
async fn razorpays_own_library_agrees() {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/python");
    if !tools.exists() {
        eprintln!("skipped: there is no Python here; `scripts/setup python` makes one");
        return;
    }
    let there = start().await;
    let order = there.order(50_000).await;
    there.pay(&order, Pays::Declined).await;
    let proof = there.pay(&order, Pays::AfterChallenge).await;
    there.capture(proof["razorpay_payment_id"].as_str().unwrap(), 50_000).await;
    there.refund_by_hand(&order, inr(100));
    there.dispute(&order, inr(100));
    let webhooks = there.webhooks(Timestamp::UNIX_EPOCH);
    let shown = webhooks.iter().map(|webhook| {
        let signature = webhook.headers["x-razorpay-signature"].to_str().unwrap();
        json!({"body": String::from_utf8_lossy(&webhook.body), "signature": signature})
    });
    let facts = json!({
        "key_id": there.key_id, "key_secret": there.key_secret,
        "webhook_secret": there.webhook_secret,
        "webhooks": shown.collect::<Vec<_>>(), "proof": proof,
    });
    let mut python = Command::new(tools.join("bin/python"))
        .args(["-c", CHECK])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python runs");
    python.stdin.take().unwrap().write_all(facts.to_string().as_bytes()).unwrap();
    let done = python.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}; `scripts/setup python` installs its library");
    assert_eq!(String::from_utf8_lossy(&done.stdout).trim(), webhooks.len().to_string());
    assert!(webhooks.len() >= 7);
}
