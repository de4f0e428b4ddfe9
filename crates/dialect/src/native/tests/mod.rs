//! What the dialect promises, tried from outside: [`world`] makes the calls.

mod answers;
mod cases;
mod description;
mod notices;
mod outcomes;
mod reading;
mod robust;
mod slips;
mod things;
mod world;
