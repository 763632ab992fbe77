//! What a customer keeps, pays with, and removes.

use anyhow::{Context, ensure};
use kernel::{OrderId, SavedMethodId};
use payments_api::Start;
use reqwest::Method;
use serde_json::Value;

use crate::{drive::Deal, lane::Lane};

const METHODS: &str = "/v1/payments/methods";

impl Lane {
    /// The one thing that the customer keeps.
    async fn kept(&self) -> anyhow::Result<SavedMethodId> {
        let seen: Value = self.insist(|| self.customer(Method::GET, METHODS)).await?;
        let methods = seen["methods"].as_array().context("methods")?;
        ensure!(methods.len() == 1, "one is kept: {seen}");
        Ok(methods[0]["method"].as_str().context("a method")?.parse()?)
    }

    /// Checkout of another order, to be paid with that.
    pub async fn buy_again(&self, deal: &mut Deal) -> anyhow::Result<()> {
        let (order, method) = (OrderId::new(), self.kept().await?);
        let start = Start { saved_method: Some(method), ..self.start_of(order, deal.provider) };
        deal.started = self.check_out(&start).await?;
        deal.orders.push(order);
        Ok(())
    }

    /// It is paid with that; what the browser brings back.
    pub async fn pay_with_kept(&self, deal: &Deal) -> anyhow::Result<Value> {
        let query = "select token from payments.saved_method where removed_at is null";
        let token: String = sqlx::query_scalar(query).fetch_one(&self.watch.commits.db).await?;
        Ok(self.tills.pay_with_kept(deal.provider, &deal.started, &token).await)
    }

    /// It is kept no longer: who is not answered finds it gone when they ask again.
    pub async fn remove_kept(&self) -> anyhow::Result<()> {
        let method = self.kept().await?;
        let path = format!("{METHODS}/{method}");
        self.insist_gone(|| self.customer(Method::DELETE, &path)).await
    }
}
