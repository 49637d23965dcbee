//! What the parser has just read: positions, the text of one value, and guards on nesting and names.
//!
//! The parser pulls bytes one by one from [`super::source::Source`], which notes each on the tape. Recording the bytes
//! of one value while the parser merely skips over it yields that value's text without ever holding more than
//! [`VALUE_LIMIT`] of it, and without its contents (a number out of range, half a surrogate pair) ending the file.

use std::cell::RefCell;
use std::io;

use super::text::shortened;
use super::unreadable::Unreadable;

/// Bytes one finding, or one header value, may have.
pub(super) const VALUE_LIMIT: usize = 1024 * 1024;
/// Levels of nesting in a file.
const DEPTH_LIMIT: u32 = 512;
/// Bytes of a field name on the way to the findings.
const NAME_LIMIT: usize = 64 * 1024;

/// Where the first byte of the value to record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// Not read yet.
    Ahead,
    /// Read already, to tell an element from the end of its list.
    Peeked,
}

/// The text of one value, as it stands in the file.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// The bytes, at most [`VALUE_LIMIT`].
    pub(super) text: Vec<u8>,
    /// The line of the first byte.
    pub(super) line: u64,
    /// Whether there were more.
    pub(super) cut: bool,
}

impl Taken {
    /// Only a number has no end of its own: the parser finds it by reading one byte too many.
    fn drop_end_of_number(&mut self) {
        let is_number = self.text.first().is_some_and(|byte| matches!(byte, b'-' | b'0'..=b'9'));
        let belongs = |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
        if is_number && !self.text.last().is_some_and(belongs) {
            self.text.pop();
        }
    }

    /// The value, where the file cannot do without it.
    pub(super) fn held(&self) -> Result<serde_json::Value, Unreadable> {
        let excessive = |what| Unreadable::Excessive { what, line: self.line };
        if self.cut {
            return Err(excessive("a header field larger than 1 MiB"));
        }
        serde_json::from_slice(&self.text).map_err(|_| excessive("a header field that cannot be held"))
    }
}

/// One step of the way to a value.
#[derive(Debug)]
pub(super) enum Segment {
    /// Into a field of an object.
    Field(String),
    /// Into an element of a list, counted from 0.
    Element(u64),
}

/// Why no more bytes come.
#[derive(Debug)]
pub(super) enum Fault {
    /// The bytes are at fault.
    Refused(Unreadable),
    /// The input is.
    Input(io::Error),
}

/// Shared by the source, which writes, and the walk over the file, which reads.
#[derive(Debug)]
pub(super) struct Tape(RefCell<Inner>);

#[derive(Debug)]
struct Inner {
    line: u64,
    last: u8,
    content: bool,
    depth: u32,
    in_string: bool,
    escaped: bool,
    string_length: usize,
    recording: Option<Recording>,
    fault: Option<Fault>,
    path: Vec<Segment>,
    first: Option<u8>,
}

#[derive(Debug)]
struct Recording {
    taken: Taken,
    limit: usize,
}

impl Tape {
    /// An empty tape.
    pub(super) fn new() -> Self {
        Self(RefCell::new(Inner {
            line: 1,
            last: b' ',
            content: false,
            depth: 0,
            in_string: false,
            escaped: false,
            string_length: 0,
            recording: None,
            fault: None,
            path: Vec::new(),
            first: None,
        }))
    }

    /// Notes `byte`, about to be handed to the parser; an error if the file goes beyond all bounds with it.
    #[inline]
    pub(super) fn note(&self, byte: u8) -> io::Result<()> {
        let inner = &mut *self.0.borrow_mut();
        inner.record(byte);
        inner.follow(byte);
        let Some(what) = inner.excess() else { return Ok(()) };
        inner.fault = Some(Fault::Refused(Unreadable::Excessive { what, line: inner.line }));
        Err(io::ErrorKind::InvalidData.into())
    }

    /// Ends the read with `fault`; the returned error is only a signal to the parser.
    pub(super) fn fail(&self, fault: Fault) -> io::Error {
        self.0.borrow_mut().fault = Some(fault);
        io::ErrorKind::InvalidData.into()
    }

    /// Begins to record the next value.
    pub(super) fn record(&self, start: Start) {
        self.0.borrow_mut().begin(start, VALUE_LIMIT);
    }

    /// Begins to skip the next value: as [`Tape::record`], but nothing of it is kept.
    pub(super) fn skip(&self) {
        self.0.borrow_mut().begin(Start::Ahead, 0);
    }

    /// Ends the recording.
    pub(super) fn take(&self) -> Taken {
        let mut taken = self.0.borrow_mut().recording.take().map(|recording| recording.taken).unwrap_or_default();
        taken.drop_end_of_number();
        taken
    }

    /// What ended the input early, if anything did.
    pub(super) fn take_fault(&self) -> Option<Fault> {
        self.0.borrow_mut().fault.take()
    }

    /// Whether anything but white space was read.
    pub(super) fn has_content(&self) -> bool {
        self.0.borrow().content
    }

    /// Goes into a value on the way to the findings.
    pub(super) fn enter(&self, segment: Segment) {
        self.0.borrow_mut().path.push(segment);
    }

    /// Comes back from it. Where the walk ends in an error, the way to it stays.
    pub(super) fn leave(&self) {
        self.0.borrow_mut().path.pop();
    }

    /// Notes that `expected` should stand where the walk is; nothing where the document itself is another value.
    pub(super) fn misplaced(&self, expected: &'static str) {
        let path = self.path();
        let fault = (!path.is_empty()).then_some(Fault::Refused(Unreadable::Misplaced { path, expected }));
        self.0.borrow_mut().fault = fault;
    }

    /// The way to where the walk is, as `Results.AAD[0].Controls`.
    pub(super) fn path(&self) -> String {
        self.0.borrow().path.iter().fold(String::new(), |path, segment| match segment {
            Segment::Field(name) if path.is_empty() => shortened(name, 100),
            Segment::Field(name) => format!("{path}.{}", shortened(name, 100)),
            Segment::Element(at) => format!("{path}[{at}]"),
        })
    }

    /// The first byte that is not white space.
    pub(super) fn first(&self) -> Option<u8> {
        self.0.borrow().first
    }

    /// The byte read last.
    pub(super) fn last(&self) -> u8 {
        self.0.borrow().last
    }
}

impl Inner {
    fn begin(&mut self, start: Start, limit: usize) {
        let mut taken = Taken { line: self.line, ..Taken::default() };
        if start == Start::Peeked {
            taken.text.push(self.last);
        }
        self.recording = Some(Recording { taken, limit });
    }

    #[inline]
    fn record(&mut self, byte: u8) {
        let Some(Recording { taken, limit }) = &mut self.recording else { return };
        if taken.text.is_empty() && byte.is_ascii_whitespace() {
            return;
        }
        if taken.text.is_empty() {
            taken.line = self.line;
        }
        if taken.text.len() < *limit {
            taken.text.push(byte);
        } else {
            taken.cut = true;
        }
    }

    #[inline]
    fn follow(&mut self, byte: u8) {
        self.line += u64::from(byte == b'\n');
        if !self.content && !byte.is_ascii_whitespace() {
            (self.content, self.first) = (true, Some(byte));
        }
        self.last = byte;
        match byte {
            _ if self.in_string => {
                self.string_length += 1;
                self.in_string = self.escaped || byte != b'"';
                self.escaped = !self.escaped && byte == b'\\';
            }
            b'"' => (self.in_string, self.string_length) = (true, 0),
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    #[inline]
    fn excess(&self) -> Option<&'static str> {
        if self.depth > DEPTH_LIMIT {
            Some("values nested more than 512 levels deep")
        } else if self.in_string && self.recording.is_none() && self.string_length > NAME_LIMIT {
            Some("a field name longer than 64 KiB")
        } else {
            None
        }
    }
}
