//! The bytes of a file on their way to the parser: digested, held to be UTF-8, without a byte-order mark.

use std::io::{self, Read};
use std::rc::Rc;

use sha2::{Digest, Sha256};

use super::tape::{Fault, Tape};
use super::unreadable::Unreadable;

const CHUNK: usize = 64 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads `input` in chunks and hands out only what is known to be UTF-8.
pub(super) struct Source<R> {
    input: R,
    tape: Rc<Tape>,
    digest: Sha256,
    chunk: Vec<u8>,
    /// Next byte to hand out.
    next: usize,
    /// End of the bytes known to be UTF-8; what follows is the beginning of a character.
    valid: usize,
    /// Bytes before the chunk.
    before: u64,
    ended: bool,
}

impl<R: Read> Source<R> {
    /// A source that notes on `tape` what it hands out.
    pub(super) fn new(input: R, tape: Rc<Tape>) -> Self {
        let chunk = Vec::with_capacity(CHUNK);
        Self { input, tape, digest: Sha256::new(), chunk, next: 0, valid: 0, before: 0, ended: false }
    }

    /// Digest of every byte read from the input.
    pub(super) fn into_digest(self) -> [u8; 32] {
        self.digest.finalize().into()
    }

    /// The first byte that is not white space, if it stands in the first chunk; nothing is handed out by this.
    pub(super) fn first_content(&mut self) -> io::Result<Option<u8>> {
        if !self.refill()? {
            return Ok(None);
        }
        let ready = self.chunk.get(self.next..self.valid).unwrap_or_default();
        Ok(ready.iter().copied().find(|byte| !byte.is_ascii_whitespace()))
    }

    /// Makes bytes ready to hand out; `false` at the end of the input.
    fn refill(&mut self) -> io::Result<bool> {
        while self.next >= self.valid {
            if self.ended {
                return Ok(false);
            }
            self.keep_partial_character();
            self.read_chunk()?;
            self.validate()?;
        }
        Ok(true)
    }

    fn keep_partial_character(&mut self) {
        self.before += self.valid as u64;
        self.chunk.drain(..self.valid.min(self.chunk.len()));
        (self.next, self.valid) = (0, 0);
    }

    fn read_chunk(&mut self) -> io::Result<()> {
        let kept = self.chunk.len();
        let wanted = CHUNK - kept;
        let read = self.input.by_ref().take(wanted as u64).read_to_end(&mut self.chunk);
        self.ended = read.map_err(|error| self.tape.fail(Fault::Input(error)))? < wanted;
        self.digest.update(self.chunk.get(kept..).unwrap_or_default());
        Ok(())
    }

    fn validate(&mut self) -> io::Result<()> {
        if self.before == 0 && is_utf16(&self.chunk) {
            return Err(self.tape.fail(Fault::Refused(Unreadable::Utf16)));
        }
        if self.before == 0
            && let Some(kind) = compression(&self.chunk)
        {
            return Err(self.tape.fail(Fault::Refused(Unreadable::Compressed(kind))));
        }
        self.valid = match std::str::from_utf8(&self.chunk) {
            Ok(text) => text.len(),
            Err(error) if error.error_len().is_none() && !self.ended => error.valid_up_to(),
            Err(error) => {
                let offset = self.before + error.valid_up_to() as u64;
                return Err(self.tape.fail(Fault::Refused(Unreadable::NotUtf8 { offset })));
            }
        };
        if self.before == 0 && self.chunk.starts_with(BYTE_ORDER_MARK) {
            self.next = BYTE_ORDER_MARK.len();
        }
        Ok(())
    }
}

/// The kind of a compressed file, by its first bytes.
fn compression(beginning: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 5] =
        [(b"\x1F\x8B", "gzip"), (b"PK\x03\x04", "zip"), (b"\x28\xB5\x2F\xFD", "zstd"), (b"\xFD7zXZ\0", "xz"), (b"BZh", "bzip2")];
    KINDS.iter().find_map(|(mark, kind)| beginning.starts_with(mark).then_some(*kind))
}

/// UTF-16 by its byte-order mark, or by the NUL in its first ASCII character.
fn is_utf16(beginning: &[u8]) -> bool {
    match beginning {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => true,
        [first, second, ..] => (*first == 0) != (*second == 0),
        _ => false,
    }
}

/// One byte at a time, however much room there is: the parser asks for single bytes, and the tape counts on it.
impl<R: Read> Read for Source<R> {
    #[inline]
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let Some(slot) = room.first_mut() else { return Ok(0) };
        if self.next >= self.valid && !self.refill()? {
            return Ok(0);
        }
        let Some(byte) = self.chunk.get(self.next).copied() else { return Ok(0) };
        self.tape.note(byte)?;
        self.next += 1;
        *slot = byte;
        Ok(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out `step` bytes at a time.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let step = self.1.min(room.len());
            Read::read(&mut self.0, &mut room[..step])
        }
    }

    fn drain(bytes: &[u8], step: usize) -> Result<(Vec<u8>, [u8; 32]), Fault> {
        let tape = Rc::new(Tape::new());
        let mut source = Source::new(Trickle(bytes, step), Rc::clone(&tape));
        let mut out = Vec::new();
        match source.read_to_end(&mut out) {
            Ok(_) => Ok((out, source.into_digest())),
            Err(_) => Err(tape.take_fault().unwrap()),
        }
    }

    #[test]
    fn a_byte_order_mark_is_dropped_but_digested() {
        let file = "\u{feff}{\"a\":\"é\"}".as_bytes();
        for step in [1, 2, 3, 100] {
            let (text, digest) = drain(file, step).unwrap();
            assert_eq!(text, "{\"a\":\"é\"}".as_bytes());
            assert_eq!(digest, <[u8; 32]>::from(Sha256::digest(file)));
        }
    }

    #[test]
    fn a_character_across_two_chunks_is_one_character() {
        let file = format!("{}é{}", "a".repeat(CHUNK - 1), "🦀".repeat(CHUNK));
        assert_eq!(drain(file.as_bytes(), 1_000).unwrap().0, file.as_bytes());
    }

    #[test]
    fn bytes_that_are_no_utf8_are_found_where_they_stand() {
        let late = [vec![b'a'; CHUNK + 5], vec![0xE9, b'x']].concat();
        for (file, at) in [(b"{\"a\": \"\xE9t\"}".to_vec(), 7), (late, CHUNK as u64 + 5), (b"ab\xC3".to_vec(), 2)] {
            let fault = drain(&file, 4_096).unwrap_err();
            assert!(matches!(fault, Fault::Refused(Unreadable::NotUtf8 { offset }) if offset == at), "{fault:?}");
        }
    }

    #[test]
    fn a_compressed_file_is_named_as_such() {
        for (file, kind) in
            [(b"\x1F\x8B\x08\x00".as_slice(), "gzip"), (b"PK\x03\x04\x14", "zip"), (b"\x28\xB5\x2F\xFD\x00", "zstd")]
        {
            assert!(matches!(drain(file, 100), Err(Fault::Refused(Unreadable::Compressed(said))) if said == kind), "{file:?}");
        }
    }

    #[test]
    fn utf16_is_named_as_such_with_and_without_its_mark() {
        for file in [b"\xFF\xFE{\0".as_slice(), b"\xFE\xFF\0{", b"{\0\"\0", b"\0{\0\""] {
            assert!(matches!(drain(file, 100), Err(Fault::Refused(Unreadable::Utf16))), "{file:?}");
        }
    }
}
