//! What stands around the board: one act at a time, on disk before it is answered; a task for what time brings and one
//! that hands in what the phone proved.

mod answers;
mod desk;

use std::sync::Arc;

use async_trait::async_trait;
use sluice_connector::{Closed, Home, Receipt, Session};
use sluice_model::event::LogoutBy;
use sluice_model::failure::{Retry, Why};
use sluice_model::{Answer, Ask, Failure, Order};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use self::desk::{Desk, logged_out};
use crate::board::{Board, Placed};
use crate::outward;
use crate::settings::Settings;

pub(crate) struct Stay {
    desk: Arc<Desk>,
    tasks: Vec<JoinHandle<()>>,
}

impl Stay {
    /// Returns at once; the board is read by the task.
    pub fn begin(home: Home, settings: Settings) -> Self {
        let desk = Arc::new(Desk::new(home));
        // Taken here, so that nobody finds the board before it is read.
        let place = desk.board.clone().try_lock_owned();
        let keeping = tokio::spawn({
            let desk = desk.clone();
            async move {
                let read = Board::read(&*desk.home.vault, &settings, desk.home.dice.clone()).await;
                match (read, place) {
                    (Ok(Some(board)), Ok(mut place)) => *place = Some(board),
                    (Ok(_), _) => desk.say(logged_out(LogoutBy::Device, "No phone is paired with this account.")),
                    (Err(Closed), _) => desk.close(),
                }
                desk.keep_time().await;
            }
        });
        let telling = tokio::spawn({
            let desk = desk.clone();
            async move {
                // A closed inbox ends the session; whoever closed it knows.
                let _: Result<(), Closed> = desk.hand_in().await;
            }
        });
        Self { desk, tasks: vec![keeping, telling] }
    }
}

#[async_trait]
impl Session for Stay {
    async fn perform(&self, order: &Order) -> Result<Receipt, Failure> {
        let desk = &self.desk;
        let goods = outward::goods(order, &desk.home).await?;
        let (number, not_after) = (goods.number, goods.not_after);
        let (waiter, mut answer) = oneshot::channel();
        if let Placed::Settled(result) = desk.act(move |board, now| board.place(goods, waiter, now)).await? {
            return result;
        }
        let gone = || Failure::not_sent(Why::Disconnected, Retry::Reconnected, "the session was closed");
        tokio::select! {
            result = &mut answer => return result.unwrap_or_else(|_| Err(gone())),
            () = desk.home.clock.sleep_until(not_after) => {}
        }
        desk.act(move |board, now| board.too_late(number, now)).await?;
        // What the phone may be sending is waited for.
        answer.await.unwrap_or_else(|_| Err(gone()))
    }

    async fn ask(&self, ask: Ask) -> Result<Answer, Failure> {
        match ask {
            Ask::Device { call } => {
                self.desk.answer(*call).await.map(|reply| Answer::Device { reply: Box::new(reply) })
            }
            Ask::Logout => {
                self.desk.leave(LogoutBy::Api, "Logged out here.").await?;
                Ok(Answer::Done)
            }
            ask => {
                let what = ask.needs().map_or_else(|| "answer to this".to_owned(), sluice_model::Ability::name);
                Err(Failure::refused(Why::Unsupported, format!("a phone has no {what}")))
            }
        }
    }

    async fn close(self: Box<Self>) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
