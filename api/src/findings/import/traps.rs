//! What goes wrong with files of any format.

use std::io::{self, Read};

use serde_json::json;
use sha2::{Digest, Sha256};

use super::fixtures::{Kept, NOW, TENANT, accepted, refused};
use super::{Format, Observation, ReadError, ReadOptions, Rejection, Sink, Unreadable, Warning, read};

const LINE: &str = r#"{"source":"tool","type":"posture","check_id":"c","verdict":"open","seen_at":"2025-06-01T10:00:00Z"}"#;

fn maester(test: &str) -> String {
    format!(r#"{{"TenantId": "{TENANT}", "ExecutedAt": "2025-04-30T08:29:07Z", "Tests": [{test}]}}"#)
}

fn scubagear() -> String {
    let metadata = json!({"TenantId": TENANT, "TimestampZulu": "2025-07-08T20:16:55Z"});
    json!({"MetaData": metadata, "Results": {"AAD": [{"Controls": []}]}}).to_string()
}

#[test]
fn an_empty_file_is_refused() {
    for format in Format::ALL {
        for file in ["", " \n\t", "\u{feff}"] {
            assert_eq!(refused(*format, file), Unreadable::Empty, "{format} {file:?}");
        }
    }
}

#[test]
fn a_file_that_is_not_utf8_is_refused() {
    for format in Format::ALL {
        let file = [maester("").as_bytes(), b" \xFF"].concat();
        assert_eq!(refused(*format, &file), Unreadable::NotUtf8 { offset: file.len() as u64 - 1 });
        assert_eq!(refused(*format, b"\xFF\xFE{\0}\0"), Unreadable::Utf16);
    }
}

#[test]
fn a_file_that_cannot_be_parsed_to_its_end_is_refused() {
    for ending in ["garbage", "{}", "]", "\0", "<<<<<<< HEAD"] {
        assert_eq!(refused(Format::Maester, maester("") + ending).code(), "not-json", "{ending}");
        assert_eq!(refused(Format::ScubaGear, scubagear() + ending).code(), "not-json", "{ending}");
    }
    let cut = refused(Format::Maester, &maester("")[..80]);
    assert!(matches!(&cut, Unreadable::Syntax { line: 1, hint, .. } if hint.contains("cut off")), "{cut}");
    assert_eq!(refused(Format::JsonLines, format!("{LINE}\n{}", &LINE[..40])).code(), "not-json");
    assert_eq!(refused(Format::Ocsf, r#"[{"status_code": "FAIL"}"#).code(), "not-json");
}

#[test]
fn a_merge_conflict_inside_a_report_is_refused_with_its_place() {
    let file = maester("\n<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> theirs\n");
    match refused(Format::Maester, file) {
        Unreadable::Syntax { line: 2, column: 1, hint, .. } => assert!(hint.contains("merge conflict")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_saved_in_place_of_a_report_is_named() {
    for format in Format::ALL {
        assert_eq!(refused(*format, "<!DOCTYPE html>\n<html>Sign in</html>"), Unreadable::WebPage);
        assert_eq!(refused(*format, b"\x1F\x8B\x08\x00\x00"), Unreadable::Compressed("gzip"));
    }
    let joined = refused(Format::JsonLines, format!("\u{feff}{LINE}\n\u{feff}{LINE}\n")).to_string();
    assert!(joined.contains("line 2") && joined.contains("a byte-order mark stands inside the file"), "{joined}");
    let wrapped = refused(Format::Ocsf, r#"{"Findings": [{"finding_info": {}, "status_code": "FAIL"}]}"#);
    assert_eq!(wrapped.code(), "wrong-format");
    let other_tool = refused(Format::Maester, maester(r#"{"TestId": "1", "TestStatus": "Failed"}"#));
    assert_eq!(other_tool.code(), "wrong-format");
}

#[test]
fn a_file_of_another_format_is_refused_with_both_names() {
    let files = [
        (Format::ScubaGear, scubagear()),
        (Format::Maester, maester("")),
        (Format::Ocsf, r#"[{"finding_info": {}, "status_code": "FAIL"}]"#.to_owned()),
        (Format::JsonLines, LINE.to_owned()),
    ];
    for (actual, file) in &files {
        for said in Format::ALL.iter().filter(|said| *said != actual) {
            let refusal = refused(*said, file);
            let Unreadable::WrongFormat { expected, looks_like } = &refusal else { panic!("{refusal:?}") };
            assert_eq!(expected, said);
            assert!(looks_like.is_none_or(|format| format == *actual), "{refusal}");
        }
    }
    let message = refused(Format::ScubaGear, maester("")).to_string();
    assert_eq!(message, "the file is not a ScubaGear report: one object with MetaData and Results (it looks like maester)");
}

#[test]
fn a_scalar_is_no_format_at_all() {
    for format in Format::ALL {
        for file in ["7", "\"text\"", "null", "true"] {
            assert_eq!(refused(*format, file).code(), "wrong-format", "{format} {file}");
        }
    }
}

#[test]
fn a_file_without_findings_is_read_to_its_end() {
    for (format, file) in [(Format::ScubaGear, scubagear()), (Format::Maester, maester("")), (Format::Ocsf, "[]".to_owned())] {
        let (summary, kept) = accepted(format, file);
        assert_eq!((summary.read, kept.warnings), (0, Vec::new()));
    }
}

#[test]
fn a_byte_order_mark_is_accepted_and_part_of_the_digest() {
    let file = format!("\u{feff}{}", maester(""));
    let expected: [u8; 32] = Sha256::digest(&file).into();
    assert_eq!(accepted(Format::Maester, file).0.sha256, expected);
}

#[test]
fn a_finding_that_cannot_be_held_costs_only_itself() {
    let test = r#"{"Id": "MT.1", "Title": "t", "Result": "Failed", "ErrorRecord": X}"#;
    let with = |evidence: &str| test.replace('X', evidence);
    let deep = "[".repeat(200) + &"]".repeat(200);
    let tests = [with("1e999"), with(r#""\ud800""#), with(&deep), with("[1.7976931348623157e308, -5e-324]")].join(",");
    let (_, kept) = accepted(Format::Maester, maester(&tests));
    assert_eq!(kept.rejected(), [(1, "bad-value"), (2, "bad-value"), (3, "bad-value")]);
    assert_eq!(kept.observations[0].evidence["ErrorRecord"], json!([f64::MAX, -5e-324]));
}

#[test]
fn a_nul_in_a_text_becomes_the_replacement_character() {
    let test = r#"{"Id": "MT\u0000.1", "Title": "a\u0000b", "Result": "Failed", "ErrorRecord": {"k\u0000": "\u0000"}}"#;
    let observation = accepted(Format::Maester, maester(test)).1.observations.remove(0);
    assert!(!format!("{observation:?}").contains("\\0"));
    assert_eq!((observation.check_id.as_str(), observation.title.as_str()), ("MT\u{fffd}.1", "a\u{fffd}b"));
    assert_eq!(observation.evidence["ErrorRecord"], json!({"k\u{fffd}": "\u{fffd}"}));
}

#[test]
fn a_finding_that_is_too_large_is_skipped_without_being_held() {
    let large = format!(r#"{{"check_id": "c", "title": "{}"}}"#, "x".repeat(3 << 20));
    let (_, kept) = accepted(Format::JsonLines, format!("{LINE}\n{large}\n{LINE}\n"));
    assert_eq!(kept.rejected(), [(2, "too-large")]);
    assert_eq!(kept.observations.iter().map(|o| o.line).collect::<Vec<_>>(), [1, 3]);
    let (_, kept) = accepted(Format::Maester, maester(&large.replace("check_id", "Result")));
    assert_eq!(kept.rejected(), [(1, "too-large")]);
}

#[test]
fn long_evidence_is_cut_with_a_warning() {
    let test = format!(r#"{{"Id": "MT.1", "Result": "Failed", "ErrorRecord": "{}"}}"#, "x".repeat(100_000));
    let (_, kept) = accepted(Format::Maester, maester(&test));
    assert_eq!(kept.warned(), ["evidence-truncated"]);
    assert!(kept.observations[0].evidence["ErrorRecord"].as_str().unwrap().len() < 66_000);
}

#[test]
fn nesting_and_names_beyond_all_bounds_are_refused() {
    let deep = "[".repeat(100_000);
    for format in [Format::Ocsf, Format::JsonLines] {
        assert_eq!(refused(format, &deep).code(), "excessive");
    }
    assert_eq!(refused(Format::Maester, maester(&deep)).code(), "excessive");
    let name = format!(r#"{{"{}": 1}}"#, "x".repeat(100_000));
    assert_eq!(refused(Format::Maester, name).code(), "excessive");
}

#[test]
fn a_header_field_that_is_too_large_is_refused() {
    let tenant = maester("").replace(TENANT, &"0".repeat(2 << 20));
    assert_eq!(refused(Format::Maester, tenant).code(), "excessive");
}

/// A sink that takes two observations and no more.
struct Full(u32);

#[derive(Debug, PartialEq)]
struct NoRoom;

impl Sink for Full {
    type Error = NoRoom;

    fn observation(&mut self, _: Observation) -> Result<(), NoRoom> {
        self.0 = self.0.checked_sub(1).ok_or(NoRoom)?;
        Ok(())
    }

    fn rejected(&mut self, _: Rejection) -> Result<(), NoRoom> {
        Ok(())
    }

    fn warning(&mut self, _: Warning) -> Result<(), NoRoom> {
        Err(NoRoom)
    }
}

#[test]
fn an_error_of_the_sink_ends_the_read_and_arrives_as_it_was() {
    let options = ReadOptions::at(NOW);
    let test = r#"{"Id": "MT.1", "Result": "Failed"}"#;
    let file = maester(&[test; 5].join(","));
    let outcome = read(Format::Maester, file.as_bytes(), &options, &mut Full(2));
    assert!(matches!(outcome, Err(ReadError::Sink(NoRoom))));
    let outcome = read(Format::JsonLines, format!("{LINE}\n{LINE}\n{LINE}").as_bytes(), &options, &mut Full(2));
    assert!(matches!(outcome, Err(ReadError::Sink(NoRoom))));
    let outcome = read(
        Format::Maester,
        maester(test).replace("\"Tests\"", "\"TotalCount\": 7, \"Tests\"").as_bytes(),
        &options,
        &mut Full(2),
    );
    assert!(matches!(outcome, Err(ReadError::Sink(NoRoom))), "a warning cannot be lost either");
}

#[test]
fn an_input_that_breaks_off_is_no_fault_of_the_file() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    for format in Format::ALL {
        let input = LINE.as_bytes().chain(Broken);
        match read(*format, input, &ReadOptions::at(NOW), &mut Kept::default()) {
            Err(ReadError::Input(error)) => assert_eq!(error.kind(), io::ErrorKind::ConnectionReset),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn every_beginning_of_a_report_is_refused() {
    let test = r#"{"Id": "MT.1", "Title": "é \"quoted\" \u0000", "Result": "Failed", "ErrorRecord": [-1.5e3, null]}"#;
    for (format, file) in
        [(Format::Maester, maester(test)), (Format::ScubaGear, scubagear()), (Format::Ocsf, format!("[{test}]"))]
    {
        for end in 0..file.len() {
            let refusal = refused(format, &file.as_bytes()[..end]);
            assert!(matches!(refusal.code(), "empty" | "not-json" | "not-utf8"), "{format} up to {end}: {refusal}");
        }
    }
}
