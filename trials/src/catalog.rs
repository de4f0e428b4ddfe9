//! Every trial, by the name under which it is run and its page is kept.

use std::pin::Pin;

use anyhow::Result;
use sluice_tests::tools::trial_size;

use crate::report::{Report, Size};
use crate::{
    backup, disk, drain, freeze, fuzz, hell, idempotency, kill, loris, model, neighbour, order, secrets, simulation,
    soak, ssrf, tenants,
};

type Running = Pin<Box<dyn Future<Output = Result<Report>> + Send>>;

pub struct Trial {
    /// Of the page `docs/trials/<name>.md`, too.
    pub name: &'static str,
    /// What its size counts.
    pub counts: &'static str,
    /// In the test command.
    pub small: usize,
    /// By hand.
    pub full: usize,
    pub run: fn(Size) -> Running,
}

impl Trial {
    /// As `SLUICE_TRIAL_SIZE` has it; `otherwise` where it says nothing.
    pub fn count(&self, otherwise: usize) -> usize {
        trial_size(self.small, self.full).unwrap_or(otherwise)
    }
}

pub const ALL: &[Trial] = &[
    Trial { name: "kill", counts: "kills", small: 20, full: 1000, run: |size| Box::pin(kill::run(size)) },
    Trial { name: "idempotency", counts: "keys", small: 5, full: 500, run: |size| Box::pin(idempotency::run(size)) },
    Trial {
        name: "power",
        counts: "losses of power",
        small: 10,
        full: 500,
        run: |size| Box::pin(disk::power::run(size)),
    },
    Trial {
        name: "disk",
        counts: "troubles with the disk",
        small: 10,
        full: 200,
        run: |size| Box::pin(disk::full::run(size)),
    },
    Trial { name: "backup", counts: "backups", small: 1, full: 50, run: |size| Box::pin(backup::run(size)) },
    Trial { name: "freeze", counts: "freezes", small: 2, full: 200, run: |size| Box::pin(freeze::run(size)) },
    Trial { name: "order", counts: "chats", small: 100, full: 10_000, run: |size| Box::pin(order::run(size)) },
    Trial { name: "drain", counts: "terminations", small: 2, full: 200, run: |size| Box::pin(drain::run(size)) },
    Trial {
        name: "hell",
        counts: "seconds of each of its three phases",
        small: 12,
        full: 3600,
        run: |size| Box::pin(hell::run(size)),
    },
    Trial {
        name: "neighbour",
        counts: "orders of backlog",
        small: 20_000,
        full: 1_000_000,
        run: |size| Box::pin(neighbour::run(size)),
    },
    Trial { name: "ssrf", counts: "attempts", small: 1_000, full: 100_000, run: |size| Box::pin(ssrf::run(size)) },
    Trial {
        name: "loris",
        counts: "half-open connections",
        small: 500,
        full: 10_000,
        run: |size| Box::pin(loris::run(size)),
    },
    Trial { name: "soak", counts: "seconds", small: 20, full: 259_200, run: |size| Box::pin(soak::run(size)) },
    Trial { name: "secrets", counts: "rounds", small: 1, full: 10, run: |size| Box::pin(secrets::run(size)) },
    Trial {
        name: "model",
        counts: "transitions",
        small: 1_000,
        full: 1_000_000,
        run: |size| Box::pin(model::run(size)),
    },
    Trial {
        name: "simulation",
        counts: "seeds",
        small: 50,
        full: 100_000,
        run: |size| Box::pin(simulation::run(size)),
    },
    Trial {
        name: "fuzz",
        counts: "calls to each dialect",
        small: 2_000,
        full: 10_000_000,
        run: |size| Box::pin(fuzz::run(size)),
    },
    Trial { name: "tenants", counts: "rounds", small: 1, full: 1, run: |size| Box::pin(tenants::run(size)) },
];

pub fn named(name: &str) -> Option<&'static Trial> {
    ALL.iter().find(|trial| trial.name == name)
}
