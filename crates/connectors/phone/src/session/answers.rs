//! What the phone and its operator are answered.

use std::sync::Arc;
use std::time::Duration;

use sluice_connector::Closed;
use sluice_model::Failure;
use sluice_model::device::{self, Call, Claim, Happening, Reply, Report, Who};
use sluice_model::event::LogoutBy;

use super::desk::{Desk, logged_out};
use crate::keep;
use crate::notices::Known;

/// After the phone came back, its orders are on their way from the outbox: it gets them with its first call.
const ARRIVAL: Duration = Duration::from_millis(1_500);

impl Desk {
    pub(super) async fn answer(self: &Arc<Self>, call: Call) -> Result<Reply, Failure> {
        match call {
            Call::Claim(claim) => self.claim(claim).await,
            Call::Results { who, results } => self.results(who, results).await,
            Call::Events { events } => self.events(events).await,
            Call::Heartbeat { who, health } => {
                self.act(move |board, now| match board.hear(&who, now) {
                    true => {
                        board.feel(&health, now);
                        Reply::Beat { pace: board.usual_pace(now) }
                    }
                    false => Reply::Conflict,
                })
                .await
            }
            Call::Renew { lease, lease_s } => {
                self.act(move |board, now| match board.renew(&lease, lease_s, now) {
                    Ok(Some(until)) => Reply::Lease { until },
                    Ok(None) => Reply::LeaseLost,
                    Err(()) => Reply::LeaseUnknown,
                })
                .await
            }
            Call::Release { lease, .. } => {
                self.act(move |board, now| match board.release(&lease, now) {
                    Ok(true) => Reply::Done,
                    Ok(false) => Reply::LeaseLost,
                    Err(()) => Reply::LeaseUnknown,
                })
                .await
            }
            Call::Check => {
                self.act(|board, now| {
                    board.hear(&Who::default(), now);
                    Reply::Look { task: board.look(now) }
                })
                .await
            }
            Call::Ticks { id, ticks } => {
                self.act(move |board, now| {
                    board.saw(&id, ticks, now);
                    Reply::Done
                })
                .await
            }
            Call::Status => self.act(|board, now| Reply::Status { status: Box::new(board.status(now)) }).await,
            Call::Set { settings } => self.act(move |board, _| board.set(&settings).map(|()| Reply::Done)).await?,
            Call::Resume => {
                self.act(|board, _| {
                    board.resume();
                    Reply::Done
                })
                .await
            }
            Call::Leave => {
                self.leave(LogoutBy::Device, "The phone ended the pairing.").await?;
                Ok(Reply::Done)
            }
            Call::Withdraw { ids } => {
                self.act(move |board, now| {
                    board.withdraw(&ids, now);
                    Reply::Done
                })
                .await
            }
        }
    }

    /// Gives the phone something, waiting for it as long as the phone wants to.
    async fn claim(self: &Arc<Self>, claim: Claim) -> Result<Reply, Failure> {
        let clock = self.home.clock.clone();
        let asked = clock.now();
        let claim = Arc::new(claim);
        let mut patience = Duration::from_millis(claim.wait_ms.into());
        let mut first = true;
        loop {
            let mut ring = std::pin::pin!(self.something.notified());
            // Before the look, or a ring between look and wait is missed.
            ring.as_mut().enable();
            let ask = claim.clone();
            let looked = self.act(move |board, now| {
                let was_away = board.out_of_reach().is_some();
                if !board.hear(&ask.who, now) {
                    return None;
                }
                if first {
                    board.feel(&ask.health, now);
                }
                board.tell(now);
                let given = board.claim(&ask, now);
                Some((board.pace(now, given.next_poll), given, was_away))
            });
            let Some((pace, given, was_away)) = looked.await? else { return Ok(Reply::Conflict) };
            if first && was_away && claim.health.screen != Some(false) {
                patience = patience.max(ARRIVAL.saturating_mul(clock.speed()));
            }
            first = false;
            let ends = asked.plus(patience);
            if !given.items.is_empty() || clock.now() >= ends {
                return Ok(Reply::Claimed { items: given.items, pace });
            }
            tokio::select! {
                () = ring => {}
                () = clock.sleep_until(given.worth_asking.unwrap_or(ends).min(ends)) => {}
            }
        }
    }

    async fn results(self: &Arc<Self>, who: Who, results: Vec<Report>) -> Result<Reply, Failure> {
        self.act(move |board, now| {
            if !board.hear(&who, now) {
                return Reply::Conflict;
            }
            let acks: Vec<device::Ack> = results.iter().map(|report| board.report(report, now)).collect();
            Reply::Acks { acks, pace: board.usual_pace(now) }
        })
        .await
    }

    /// Hands in what the phone noticed. It need not tell it again once this returns.
    async fn events(self: &Arc<Self>, events: Vec<Happening>) -> Result<Reply, Failure> {
        let mut place = self.known.lock().await;
        if place.is_none() {
            *place = Some(Known::read(&self.home).await.map_err(keep::closed)?);
        }
        let Some(known) = place.as_mut() else { return Err(self.nobody()) };
        let chats = self
            .act(|board, now| {
                board.hear(&Who::default(), now);
                board.chats.clone()
            })
            .await?;
        let news = known.sift(&events, &chats);
        self.home.inbox.push(news.inbound.clone()).await.map_err(keep::closed)?;
        let changes = known.remember(&news);
        let eids = news.eids;
        self.act(move |board, _| {
            news.chats.into_iter().for_each(|chat| board.know_chat(chat));
            board.also_keep(changes);
            Reply::Seen { eids }
        })
        .await
    }

    /// Ends the pairing: the vault is emptied. Once begun it is carried through, whether or not somebody waits for it.
    pub(super) async fn leave(self: &Arc<Self>, by: LogoutBy, note: &'static str) -> Result<(), Failure> {
        let desk = self.clone();
        let done = tokio::spawn(async move {
            desk.act(|board, _| board.leave()).await?;
            let kept = desk.home.vault.list("").await.map_err(keep::closed)?;
            let emptied = kept.into_iter().map(|(name, _)| (name, None)).collect();
            desk.home.vault.write(emptied).await.map_err(keep::closed)?;
            desk.say(logged_out(by, note));
            Ok(())
        });
        done.await.unwrap_or_else(|_| Err(keep::closed(Closed)))
    }
}
