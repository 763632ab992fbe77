//! The stand-in's signatures before PayPal's own library for Python: its `WebhookEvent.verify` as it
//! is, which fetches the certificate from the stand-in. Only the authorities that it brings are
//! replaced by the stand-in's own.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use kernel::OrderId;
use testkit::{Signing, StandIn, Webhook};

use super::till::Till;

const CHECK: &str = "
import sys, warnings
warnings.simplefilter('ignore')
from paypalrestsdk import WebhookEvent
body, roots, hook, transmission, time, url, signature, algorithm = sys.argv[1:]
WebhookEvent._WebhookEvent__cert_chain_path = [roots]
text = open(body, encoding='utf-8', newline='').read()
good = WebhookEvent.verify(transmission, time, hook, text, url, signature, algorithm)
sys.exit(0 if good else 3)
";

struct Library {
    python: PathBuf,
    folder: PathBuf,
}

impl Library {
    /// Whether it takes this, sent to the webhook `hook`.
    fn takes(&self, webhook: &Webhook, hook: &str) -> bool {
        let body = self.folder.join("body");
        std::fs::write(&body, &webhook.body).unwrap();
        let header = |name: &str| webhook.headers[name].to_str().unwrap();
        let output = Command::new(&self.python)
            .args(["-c", CHECK])
            .arg(&body)
            .arg(self.folder.join("roots.pem"))
            .args([
                hook,
                header("paypal-transmission-id"),
                header("paypal-transmission-time"),
                header("paypal-cert-url"),
                header("paypal-transmission-sig"),
                header("paypal-auth-algo"),
            ])
            .output()
            .unwrap();
        match output.status.code() {
            Some(0) => true,
            Some(3) => false,
            _ => panic!("{}", String::from_utf8_lossy(&output.stderr)),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paypals_own_library_takes_them() {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/python/bin/python");
    let check = "from OpenSSL import crypto; import paypalrestsdk; crypto.verify";
    let there = Command::new(&python).args(["-c", check]).output();
    if !there.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "scripts/setup python installs it");
        println!("skipped: scripts/setup python has not been run");
        return;
    }
    let till = Till::open().await;
    till.captured(OrderId::new(), 2599).await;
    let webhooks = till.paypal.webhooks(till.bench.now());
    assert_eq!(webhooks.len(), 3, "approved, authorised, captured");
    let folder = std::env::temp_dir().join(format!("tipple-paypal-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("roots.pem"), till.paypal.root()).unwrap();
    let library = Library { python, folder };
    for webhook in &webhooks {
        assert!(library.takes(webhook, till.paypal.webhook_id()), "{}", webhook.kind);
        assert!(!library.takes(webhook, "8PT597110X687430L"));
    }
    let genuine = till.paypal.signing(till.bench.now());
    let other = till.paypal.certificate_url("CERT-other-authority");
    for forged in
        [Signing { other_key: true, ..genuine.clone() }, Signing { certificate: other, ..genuine }]
    {
        let body = webhooks[0].body.clone();
        let webhook = Webhook { headers: forged.headers(&body), body, ..webhooks[0].clone() };
        assert!(!library.takes(&webhook, till.paypal.webhook_id()), "{forged:?}");
    }
    std::fs::remove_dir_all(&library.folder).unwrap();
}
