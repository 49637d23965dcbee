//! The way of a line to standard error. Whoever logs hands it to a thread and never waits: a reader that is gone or asleep costs
//! lines, and no request.
//!
//! The thread is our own because that of `tracing-appender` prints when it cannot end in time, to the very reader that is asleep,
//! and does not count the lines that a reader who is gone has not got.

use super::log_losses::{self, DROPPED};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Lines that wait for the reader at most.
const BUFFERED_LINES: usize = 4096;
/// Longest wait of a process that ends for the reader.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Time without a line after which the thread looks whether losses are still to be told.
const QUIET: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(2);

/// Where lines are handed in.
#[derive(Debug)]
pub(super) struct LogWriter {
    lines: SyncSender<Vec<u8>>,
    waiting: Arc<AtomicUsize>,
}

impl LogWriter {
    /// Starts the thread that writes.
    pub(super) fn start(to: impl Write + Send + 'static) -> io::Result<Self> {
        let (lines, handed_in) = sync_channel(BUFFERED_LINES);
        let waiting = Arc::new(AtomicUsize::new(0));
        let writer = Self { lines, waiting: Arc::clone(&waiting) };
        std::thread::Builder::new().name("log".to_owned()).spawn(move || write_along(&handed_in, &waiting, to))?;
        Ok(writer)
    }

    fn hand_in(&self, text: Vec<u8>) {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        if self.lines.try_send(text).is_err() {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            DROPPED.count(0);
        }
    }

    fn wait_until_written(&self, limit: Duration) {
        let begun = Instant::now();
        while self.waiting.load(Ordering::Acquire) > 0 && begun.elapsed() < limit {
            std::thread::sleep(POLL);
        }
    }
}

impl Write for &LogWriter {
    /// Takes a whole event, and makes one line of it: the driver of the database says one thing in several.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let mut line: Vec<u8> =
            event.trim_ascii_end().iter().map(|byte| if b"\n\r\t".contains(byte) { b' ' } else { *byte }).collect();
        line.push(b'\n');
        self.hand_in(line);
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_along(lines: &Receiver<Vec<u8>>, waiting: &AtomicUsize, mut to: impl Write) {
    loop {
        let line = match lines.recv_timeout(QUIET) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => {
                log_losses::tell(log_losses::now());
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let written = to.write_all(&line).and_then(|()| to.flush());
        match written {
            // A reader that wakes has to catch up first: until then this line would be dropped as well.
            Ok(()) if waiting.load(Ordering::Acquire) < BUFFERED_LINES / 2 => log_losses::tell(log_losses::now()),
            Ok(()) => {}
            Err(_) => DROPPED.count(0),
        }
        waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The log of the process. Dropped at its end it waits a second for what was said to be written, if somebody reads.
#[derive(Debug)]
pub struct Log(pub(super) Arc<LogWriter>);

impl Log {
    /// Writes a text for the person at the terminal, after the lines of the log that came before.
    pub fn say(&self, text: &str) {
        self.0.hand_in(text.as_bytes().to_vec());
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        log_losses::tell(u64::MAX);
        self.0.wait_until_written(LAST_WORDS);
    }
}

#[cfg(test)]
mod tests {
    use super::{BUFFERED_LINES, LAST_WORDS, LogWriter};
    use std::io::{self, Write};
    use std::sync::atomic::Ordering;
    use std::sync::mpsc::{Receiver, Sender, channel};

    /// A reader that reads when it is told to.
    struct Reader {
        may_read: Receiver<()>,
        read: Sender<Vec<u8>>,
    }

    impl Write for Reader {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.may_read.recv().map_err(io::Error::other)?;
            self.read.send(text.to_vec()).map_err(io::Error::other)?;
            Ok(text.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_sleeps_costs_the_lines_beyond_the_buffer_and_nobodys_time() {
        let (wake, may_read) = channel();
        let (read, heard) = channel();
        let writer = LogWriter::start(Reader { may_read, read }).unwrap();

        for line in 0..2 * BUFFERED_LINES {
            (&writer).write_all(format!("{line}").as_bytes()).unwrap();
        }

        // The buffer, and the line in the hand of the thread.
        let waiting = writer.waiting.load(Ordering::Acquire);
        assert!((BUFFERED_LINES..=BUFFERED_LINES + 1).contains(&waiting), "{waiting}");
        (0..waiting).for_each(|_| wake.send(()).unwrap());
        writer.wait_until_written(LAST_WORDS);
        let lines: Vec<Vec<u8>> = heard.try_iter().collect();
        assert_eq!((lines.len(), lines.first().unwrap().as_slice()), (waiting, b"0\n".as_slice()));
    }

    #[test]
    fn an_event_of_several_lines_is_one() {
        let (wake, may_read) = channel();
        let (read, heard) = channel();
        let writer = LogWriter::start(Reader { may_read, read }).unwrap();

        (&writer).write_all(b"ERROR no connection\n\tIs the server running?\n\n").unwrap();

        wake.send(()).unwrap();
        assert_eq!(heard.recv().unwrap(), b"ERROR no connection  Is the server running?\n");
    }

    #[test]
    fn a_reader_that_is_gone_takes_its_lines_along_and_nothing_else() {
        let (_, may_read) = channel();
        let (read, _) = channel();
        let writer = LogWriter::start(Reader { may_read, read }).unwrap();

        (&writer).write_all(b"to nobody").unwrap();

        writer.wait_until_written(LAST_WORDS);
        assert_eq!(writer.waiting.load(Ordering::Acquire), 0);
        (&writer).write_all(b"again to nobody").unwrap();
    }
}
