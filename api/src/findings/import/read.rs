//! The one way into the readers.

use std::io::Read;
use std::rc::Rc;

use serde::de::{DeserializeSeed, Error, IgnoredAny};
use serde_json::error::Category;
use time::OffsetDateTime;

use super::format::Format;
use super::header::Header;
use super::intake::{Intake, Numbering};
use super::maester::Severities;
use super::report::{ScanSummary, Sink};
use super::source::Source;
use super::tape::{Fault, Start, Taken, Tape};
use super::unreadable::{ReadError, Unreadable};
use super::walk::{Guide, Halted, Walk};
use super::{jsonl, maester, ocsf, scubagear};

/// What a reader needs to know besides the file.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// The present, against which times are held.
    pub now: OffsetDateTime,
    /// Severities by Maester test id, from [`maester::severities_from`].
    pub severities: Option<Severities>,
    /// True when the caller has chosen the tenant, so that what cannot be a directory id is no reason to refuse the file.
    pub ignore_tenants: bool,
}

impl ReadOptions {
    /// Options for a read at `now`.
    pub const fn at(now: OffsetDateTime) -> Self {
        Self { now, severities: None, ignore_tenants: false }
    }
}

/// Reads `input` as `format` to its end and hands everything to `sink` as it comes.
///
/// Memory use is bounded whatever the size of the input. If this fails, nothing that `sink` has taken counts.
pub fn read<S: Sink>(
    format: Format,
    input: impl Read,
    options: &ReadOptions,
    sink: &mut S,
) -> Result<ScanSummary, ReadError<S::Error>> {
    let tape = Rc::new(Tape::new());
    let mut source = Source::new(input, Rc::clone(&tape));
    let numbering = numbering(format, &mut source).map_err(|error| signalled(&error, &tape, format))?;
    let mut intake = Intake::new(options, sink, numbering);
    let walked = walk(format, &mut source, &tape, &mut intake);
    let header = match walked {
        Ok(header) => header,
        Err(error) => return Err(intake.halt.take().unwrap_or_else(|| reason(&error, &tape, format))),
    };
    Ok(ScanSummary {
        format,
        sha256: source.into_digest(),
        tenant: header.tenant,
        source: match format {
            Format::ScubaGear => Some(scubagear::SOURCE),
            Format::Maester => Some(maester::SOURCE),
            Format::Ocsf | Format::JsonLines => None,
        },
        scanned_at: header.scanned_at.or(intake.tally.newest),
        read: intake.tally.read,
        observed: intake.tally.observed,
        said_nothing: intake.tally.said_nothing,
        muted: intake.tally.muted,
        rejected: intake.tally.rejected,
    })
}

/// OCSF comes as one array or as one finding after another; the first byte tells.
fn numbering<R: Read>(format: Format, source: &mut Source<R>) -> std::io::Result<Numbering> {
    let ordinal = match format {
        Format::ScubaGear | Format::Maester => true,
        Format::Ocsf => source.first_content()? == Some(b'['),
        Format::JsonLines => false,
    };
    Ok(if ordinal { Numbering::Ordinal } else { Numbering::Line })
}

fn walk<S: Sink, R: Read>(
    format: Format,
    source: &mut Source<R>,
    tape: &Tape,
    intake: &mut Intake<'_, S>,
) -> serde_json::Result<Header> {
    let header = match format {
        Format::ScubaGear => {
            let mut reader = scubagear::Reader::new(intake);
            document(source, tape, &mut reader, scubagear::Place::Top)?;
            reader.finish()
        }
        Format::Maester => {
            let mut reader = maester::Reader::new(intake);
            document(source, tape, &mut reader, maester::Place::Top)?;
            reader.finish()
        }
        Format::Ocsf => {
            if intake.numbering == Numbering::Ordinal {
                document(source, tape, &mut ocsf::Reader(intake), ())?;
            } else {
                one_after_another(source, tape, |value| ocsf::Reader(intake).finding(value))?;
            }
            intake.refuse_unrecognized(format).map(|()| Header::default())
        }
        Format::JsonLines => {
            one_after_another(source, tape, |line| jsonl::finding(intake, line))?;
            intake.refuse_unrecognized(format).map(|()| Header::default())
        }
    };
    let header = header.map_err(halted)?;
    intake.warn_of_findings().map_err(halted)?;
    Ok(header)
}

/// Walks the one value that the source holds.
fn document<G: Guide, R: Read>(source: &mut Source<R>, tape: &Tape, guide: &mut G, place: G::Place) -> serde_json::Result<()> {
    let mut parser = serde_json::Deserializer::from_reader(source);
    Walk { guide, tape, place }.deserialize(&mut parser)?;
    parser.end()
}

/// Takes the values that the source holds, separated by white space.
fn one_after_another<R: Read>(
    source: &mut Source<R>,
    tape: &Tape,
    mut take: impl FnMut(Taken) -> Result<(), Halted>,
) -> serde_json::Result<()> {
    let mut values = serde_json::Deserializer::from_reader(source).into_iter::<IgnoredAny>();
    loop {
        tape.record(Start::Ahead);
        match values.next() {
            Some(value) => value?,
            None if tape.has_content() => return Ok(()),
            None => return Err(serde_json::Error::custom("empty")),
        };
        take(tape.take()).map_err(halted)?;
    }
}

/// The parser's errors cannot carry the reason; the intake does.
fn halted(Halted: Halted) -> serde_json::Error {
    serde_json::Error::custom("halted")
}

/// Why the parser stopped, if not because it was told to.
pub(super) fn reason<E>(error: &serde_json::Error, tape: &Tape, format: Format) -> ReadError<E> {
    match tape.take_fault() {
        Some(Fault::Refused(unreadable)) => unreadable.into(),
        Some(Fault::Input(error)) => ReadError::Input(error),
        None if !tape.has_content() => Unreadable::Empty.into(),
        None if error.classify() == Category::Data => match tape.path() {
            path if path.is_empty() => Unreadable::WrongFormat { expected: format, looks_like: None }.into(),
            path => Unreadable::Misplaced { path, expected: "a list or an object" }.into(),
        },
        None if tape.first() == Some(b'<') => Unreadable::WebPage.into(),
        None => syntax(error, tape).into(),
    }
}

/// As [`reason`], before the parser has begun.
fn signalled<E>(_: &std::io::Error, tape: &Tape, format: Format) -> ReadError<E> {
    reason(&serde_json::Error::custom("not begun"), tape, format)
}

fn syntax(error: &serde_json::Error, tape: &Tape) -> Unreadable {
    let message = error.to_string();
    let hint = match tape.last() {
        b'<' | b'=' | b'>' => " (is it a leftover of a merge conflict?)",
        0xEF => " (a byte-order mark stands inside the file; were files joined?)",
        _ if error.is_eof() => " (is the file cut off?)",
        _ => "",
    };
    Unreadable::Syntax {
        message: message.split(" at line ").next().unwrap_or_default().to_owned(),
        line: error.line() as u64,
        column: error.column() as u64,
        hint,
    }
}
