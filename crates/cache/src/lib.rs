//! One cache interface. What is cached may vanish at any moment and everything still works.

use std::{future::Future, sync::Arc, time::Duration};

use moka::future::Cache as InProcess;

/// Keeps values for a while so that they need not be asked for again.
#[derive(Clone)]
pub struct Cache<V> {
    kept: InProcess<String, V>,
}

impl<V: Clone + Send + Sync + 'static> Cache<V> {
    /// A cache in this process that holds at most `entries` values, each for `life`.
    pub fn in_process(entries: u64, life: Duration) -> Self {
        Self { kept: InProcess::builder().max_capacity(entries).time_to_live(life).build() }
    }

    /// The kept value, or the one that `load` brings; askers at the same time share one load.
    /// A failed load keeps nothing.
    pub async fn get(
        &self,
        key: &str,
        load: impl Future<Output = anyhow::Result<V>>,
    ) -> anyhow::Result<V> {
        self.kept
            .try_get_with_by_ref(key, load)
            .await
            .map_err(|error: Arc<anyhow::Error>| anyhow::anyhow!("{error:#}"))
    }

    /// Forgets one value because it has changed.
    pub async fn forget(&self, key: &str) {
        self.kept.invalidate(key).await;
    }
}
