//! Real output of the tools, where it is at hand beside the project; skipped with a message where it is not.

use std::fs::File;
use std::path::{Path, PathBuf};

use time::macros::datetime;

use super::fixtures::{Kept, NOW};
use super::{Format, ReadOptions, ScanSummary, Verdict, maester, read};

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    if !folder.is_dir() {
        eprintln!("skipped: no real files beside the project");
        return None;
    }
    Some(folder)
}

fn read_file(format: Format, path: &Path, options: &ReadOptions) -> (ScanSummary, Kept) {
    let mut kept = Kept::default();
    let summary = read(format, File::open(path).unwrap(), options, &mut kept).unwrap();
    assert_eq!(kept.rejected(), []);
    (summary, kept)
}

fn verdicts(kept: &Kept) -> (usize, usize) {
    let open = kept.observations.iter().filter(|o| o.verdict == Some(Verdict::Open)).count();
    (open, kept.observations.iter().filter(|o| o.verdict == Some(Verdict::Resolved)).count())
}

#[test]
fn scubagear_reports_are_read_control_by_control() {
    let Some(folder) = folder() else { return };
    let expected = [
        ("2024-08-02_v1.4", 130, (27, 55), "ca08493a-c9c8-4db0-a9e8-d3b4bafac269"),
        ("2024-12-18_v1.5", 129, (25, 55), "27ecc021-87f7-4346-9682-b62bf3966808"),
        ("2025-02-12_v1.5", 129, (27, 53), "ca08493a-c9c8-4db0-a9e8-d3b4bafac269"),
        ("2025-07-08_v1.6", 126, (21, 58), "ca08493a-c9c8-4db0-a9e8-d3b4bafac269"),
    ];
    for (name, controls, counts, tenant) in expected {
        let path = folder.join(format!("scubagear/{name}_ScubaResults.json"));
        let (summary, kept) = read_file(Format::ScubaGear, &path, &ReadOptions::at(NOW));
        assert_eq!((summary.read, verdicts(&kept)), (controls, counts), "{name}");
        assert_eq!(summary.tenant.as_deref(), Some(tenant));
        assert_eq!(kept.warned(), [""; 0], "{name}");
        assert!(kept.observations.iter().all(|o| !o.check_id.contains('v')));
    }
}

#[test]
fn maester_results_are_read_with_and_without_a_configuration() {
    let Some(folder) = folder() else { return };
    let path = folder.join("maester/test-results_2025-04-30.json");
    let (summary, kept) = read_file(Format::Maester, &path, &ReadOptions::at(NOW));
    assert_eq!((summary.read, summary.said_nothing), (284, 25));
    assert_eq!(verdicts(&kept), (139, 120));
    assert_eq!(summary.scanned_at, Some(datetime!(2025-04-29 22:29:07.071475 UTC)));
    assert_eq!(kept.warned(), [""; 0]);

    let config = File::open(folder.join("maester/maester-config.json")).unwrap();
    let severities = maester::severities_from(config).unwrap();
    assert_eq!(severities.len(), 432);
    let options = ReadOptions { severities: Some(severities), ..ReadOptions::at(NOW) };
    let (_, informed) = read_file(Format::Maester, &path, &options);
    let changed = kept.observations.iter().zip(&informed.observations).filter(|(a, b)| a.severity != b.severity).count();
    assert!(changed > 50, "{changed}");
}

#[test]
fn ocsf_examples_are_read_and_their_masked_ids_noticed() {
    let Some(folder) = folder() else { return };
    for (cloud, findings) in [("aws", 5), ("azure", 5), ("gcp", 5), ("kubernetes", 6)] {
        let path = folder.join(format!("ocsf/example_output_{cloud}.ocsf.json"));
        let (summary, kept) = read_file(Format::Ocsf, &path, &ReadOptions::at(NOW));
        assert_eq!((summary.read, summary.tenant), (findings, None), "{cloud}");
        assert!(kept.observations.iter().all(|o| o.source == "prowler"), "{cloud}");
        assert_eq!(summary.observed + summary.said_nothing, findings);
    }
}
