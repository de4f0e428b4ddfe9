//! Outgoing messages from accept to settle.

mod accept;
mod claim;
mod end;
mod lane;
mod settle;
mod step;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use sluice_model::{AccountId, Id, MessageId, Order, Timestamp};
use sluice_store::outbox::{Accepted, Claim, Claimed, Settled, Submission, Verdict};
use sluice_store::shelf::Page;
use sluice_store::{Epoch, Fault, Outbox};

use crate::readers::is_near;
use crate::rows;
use crate::{Sqlite, backup};

pub use step::Stepping;

#[async_trait]
impl Outbox for Sqlite {
    async fn accept(&self, submissions: Vec<Submission>) -> Result<Vec<Accepted>, Fault> {
        let rows = submissions.iter().map(|submission| submission.orders.len()).sum();
        self.writer.at_once(rows, move |work| accept::all(work, &submissions)).await
    }

    async fn claim(&self, claim: Claim) -> Result<Claimed, Fault> {
        self.writer.write(claim.limit, move |work| claim::some(work, &claim)).await
    }

    async fn settle(&self, settled: Vec<Settled>) -> Result<Vec<Verdict>, Fault> {
        self.writer.write(settled.len(), move |work| settle::all(work, &settled)).await
    }

    async fn recover(&self, account: AccountId, epoch: Epoch, repeat: bool, now: Timestamp) -> Result<u64, Fault> {
        self.writer.write(16, move |work| settle::recover(work, account, epoch, repeat, now)).await
    }

    async fn adopt(&self, account: AccountId, epoch: Epoch) -> Result<Vec<Order>, Fault> {
        self.writer.write(16, move |work| settle::adopt(work, account, epoch)).await
    }

    async fn cancel(
        &self,
        account: AccountId,
        ids: Option<Vec<MessageId>>,
        now: Timestamp,
    ) -> Result<Vec<MessageId>, Fault> {
        let Some(ids) = ids else {
            return self.cancel_all(account, now).await;
        };
        self.writer.write(ids.len(), move |work| end::cancel(work, account, &ids, now)).await
    }

    async fn expire(&self, now: Timestamp, limit: usize) -> Result<u64, Fault> {
        self.writer.write(limit, move |work| end::expire(work, now, limit)).await
    }

    async fn waiting(&self, account: AccountId, page: Page) -> Result<Vec<Order>, Fault> {
        self.list(account, is_near(page), move |db| {
            let sql = format!("SELECT {} WHERE o.account = ? ORDER BY o.id LIMIT ? OFFSET ?", rows::ORDER);
            let (limit, offset) = rows::page(page);
            let mut statement = db.prepare_cached(&sql)?;
            let orders = statement.query_and_then((account.get(), limit, offset), rows::order)?;
            orders.collect()
        })
        .await
    }

    async fn count_waiting(&self, account: AccountId) -> Result<u64, Fault> {
        self.scan(account, move |db| rows::count(db, "SELECT count(*) FROM orders WHERE account = ?", [account.get()]))
            .await
    }

    async fn resting(&self) -> Result<Option<Timestamp>, Fault> {
        self.readers.read(|db| Ok(backup::paused(db)?)).await
    }

    async fn greatest_id(&self) -> Result<Option<Id>, Fault> {
        self.readers
            .read(|db| {
                let sql = "SELECT max(ifnull((SELECT max(id) FROM messages), 0), \
                    ifnull((SELECT max(id) FROM requests), 0), (SELECT greatest_id FROM gone))";
                let greatest: i64 = db.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
                if greatest == 0 { Ok(None) } else { rows::id(greatest).map(Some) }
            })
            .await
    }
}

impl Sqlite {
    /// In parts, so that a million orders taken back do not hold up everybody else's; newest first, so that none
    /// steps forward meanwhile and is sent.
    async fn cancel_all(&self, account: AccountId, now: Timestamp) -> Result<Vec<MessageId>, Fault> {
        let Some(last) = self.greatest_id().await? else {
            return Ok(Vec::new());
        };
        let mut cancelled = Vec::new();
        loop {
            let some = self.writer.write(end::AT_ONCE, move |work| end::cancel_some(work, account, last, now)).await?;
            if some.is_empty() {
                cancelled.sort_unstable();
                return Ok(cancelled);
            }
            cancelled.extend(some);
        }
    }
}
