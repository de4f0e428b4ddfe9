//! Cards of links fetched lately: many messages with one link are one visit to its page, and a page that cannot be had
//! is not waited for again and again.

use std::collections::VecDeque;
use std::time::Duration;

use sluice_model::Timestamp;
use sluice_model::content::Preview;

use super::{Desk, lock};
use crate::outward::Picture;

/// So many links; a small picture lies in memory with its card.
const KEPT: usize = 4;

/// How long a card is as good as new, and how long a page that had none is left alone.
const FRESH: Duration = Duration::from_secs(10 * 60);
const BARE: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
pub struct Card {
    pub preview: Preview,
    pub picture: Option<Picture>,
}

#[derive(Debug, Default)]
pub struct Cards(VecDeque<Visit>);

#[derive(Debug)]
struct Visit {
    link: String,
    until: Timestamp,
    card: Option<Card>,
}

impl Cards {
    /// `None` where the page has to be visited.
    pub fn find(&self, link: &str, now: Timestamp) -> Option<Option<Card>> {
        let visit = self.0.iter().find(|visit| visit.link == link && now < visit.until)?;
        Some(visit.card.clone())
    }

    pub fn keep(&mut self, link: &str, card: Option<Card>, now: Timestamp) {
        self.0.retain(|visit| visit.link != link && now < visit.until);
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        let until = now.plus(if card.is_some() { FRESH } else { BARE });
        self.0.push_back(Visit { link: link.to_owned(), until, card });
    }
}

impl Desk {
    pub fn find_card(&self, link: &str) -> Option<Option<Card>> {
        lock(&self.cards).find(link, self.home.clock.now())
    }

    pub fn keep_card(&self, link: &str, card: Option<Card>) {
        lock(&self.cards).keep(link, card, self.home.clock.now());
    }
}
