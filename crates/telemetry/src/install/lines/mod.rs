//! The log's way to standard error, on a thread of its own: whoever says something does not wait for whoever reads it,
//! and a reader that hangs or has gone harms nobody.
//!
//! `tracing-appender` does nearly this; but it prints when its reader hangs at the end, and tells nobody what was lost.

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Write, stderr};
use std::os::fd::AsFd;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::names;

/// Bytes that may wait to be written; further lines are lost, and counted.
const ROOM: usize = 1 << 20;

/// How long the end of the process waits for its last words to be read.
const LAST: Duration = Duration::from_secs(1);

/// Lines that wait to be written.
pub struct Lines {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: Vec<u8>,
    /// Lines that found no room, or could not be written, and were not told of yet.
    lost: u64,
    /// The thread has taken what waited and is at it.
    writes: bool,
}

impl Lines {
    /// Lines for standard error, and the thread that writes them, which ends with the process.
    pub fn to_stderr() -> io::Result<Arc<Self>> {
        // A handle of its own: whoever else writes there does not wait for this thread.
        let mut out = File::from(stderr().as_fd().try_clone_to_owned()?);
        let (lines, writer) = Self::pair();
        thread::Builder::new().name("log".to_owned()).spawn(move || writer.run(&mut out))?;
        Ok(lines)
    }

    fn pair() -> (Arc<Self>, Writer) {
        let lines = Arc::new(Self { state: Mutex::default(), changed: Condvar::new() });
        (lines.clone(), Writer(lines))
    }

    /// Never waits for the writer.
    pub fn push(&self, line: &[u8]) {
        let mut state = self.state();
        if state.waiting.len() + line.len() > ROOM {
            state.lose(1);
            return;
        }
        state.waiting.extend_from_slice(line);
        drop(state);
        self.changed.notify_all();
    }

    /// Waits until all was written, a moment at most. False when it was not.
    pub fn flush(&self) -> bool {
        let is_busy = |state: &mut State| !state.waiting.is_empty() || state.writes;
        let waited = self.changed.wait_timeout_while(self.state(), LAST, is_busy);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn lose(&mut self, lines: u64) {
        self.lost += lines;
        ::metrics::counter!(names::LOG_LINES_LOST).increment(lines);
    }
}

/// As the log's layer writes: a whole line at a time, and no trouble comes back.
impl Write for &Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The other end.
struct Writer(Arc<Lines>);

impl Writer {
    fn run(self, out: &mut dyn Write) {
        let mut taken = Vec::new();
        loop {
            let lost = self.step(out, &mut taken);
            if lost > 0 {
                tracing::warn!(lines = lost, "the log was not read in time: lines of it were lost");
            }
        }
    }

    /// Waits for lines and writes them; says how many were lost before them, once somebody reads again.
    fn step(&self, out: &mut dyn Write, taken: &mut Vec<u8>) -> u64 {
        let waited = self.0.changed.wait_while(self.0.state(), |state| state.waiting.is_empty());
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut state.waiting, taken);
        state.writes = true;
        drop(state);

        let written = out.write_all(taken);

        let mut state = self.0.state();
        let lost = match written {
            Ok(()) => std::mem::take(&mut state.lost),
            Err(_) => {
                state.lose(taken.iter().filter(|byte| **byte == b'\n').count() as u64);
                0
            }
        };
        taken.clear();
        state.writes = false;
        drop(state);
        self.0.changed.notify_all();
        lost
    }
}

/// Writes to standard error what is no line of the log, and gives up after a moment: perhaps nobody reads it.
pub fn say(text: String) {
    let (done, told) = sync_channel(1);
    let writing = thread::Builder::new().spawn(move || {
        let _ = stderr().write_all(text.as_bytes());
        let _ = done.send(());
    });
    if writing.is_ok() {
        let _ = told.recv_timeout(LAST);
    }
}
