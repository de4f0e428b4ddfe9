use std::io::{self, Write};

use super::{Lines, ROOM};

/// Takes what it is given, until it is closed.
#[derive(Default)]
struct Reader {
    read: Vec<u8>,
    is_gone: bool,
}

impl Write for Reader {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_gone {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.read.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn lines_are_written_in_their_order() {
    let (lines, writer) = Lines::pair();
    let (mut reader, mut taken) = (Reader::default(), Vec::new());
    writeln!(&*lines, "one").unwrap();
    lines.push(b"two\n");
    assert_eq!(writer.step(&mut reader, &mut taken), 0);
    lines.push(b"three\n");
    assert_eq!(writer.step(&mut reader, &mut taken), 0);
    assert_eq!(reader.read, b"one\ntwo\nthree\n");
    assert!(lines.flush(), "nothing waits any more");
}

#[test]
fn what_nobody_reads_is_lost_and_told_when_somebody_reads_again() {
    let (lines, writer) = Lines::pair();
    let (mut reader, mut taken) = (Reader { is_gone: true, ..Reader::default() }, Vec::new());
    lines.push(b"one\ntwo\n");
    assert_eq!(writer.step(&mut reader, &mut taken), 0, "a word about it would be lost as well");
    reader.is_gone = false;
    lines.push(b"three\n");
    assert_eq!(writer.step(&mut reader, &mut taken), 2);
    lines.push(b"four\n");
    assert_eq!(writer.step(&mut reader, &mut taken), 0, "it is told once");
    assert_eq!(reader.read, b"three\nfour\n");
}

#[test]
fn a_reader_that_hangs_holds_up_nobody() {
    let (lines, writer) = Lines::pair();
    // Nobody writes: all these find room or are lost, and none of them waits.
    let line = [b'x'; 1_000];
    let fit = ROOM / line.len();
    for _ in 0..fit + 3 {
        lines.push(&line);
    }
    let (mut reader, mut taken) = (Reader::default(), Vec::new());
    assert_eq!(writer.step(&mut reader, &mut taken), 3);
    assert_eq!(reader.read.len(), fit * line.len());
}

#[test]
fn the_end_waits_a_moment_and_no_longer() {
    let (lines, _writer) = Lines::pair();
    assert!(lines.flush());
    lines.push(b"last words\n");
    assert!(!lines.flush(), "nobody writes them");
}
