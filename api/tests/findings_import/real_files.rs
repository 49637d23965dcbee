//! Real output of the tools, where it is at hand beside the project; skipped with a message where it is not.

use crate::support::{ALPHA, World, ordinary, permutations};
use std::path::{Path, PathBuf};
use tenantatlas::findings::import::{Format, ImportOptions, ImportReport, TenantChoice};

fn file(path: &str) -> Option<Vec<u8>> {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(path);
    if !path.is_file() {
        eprintln!("skipped: no real files beside the project");
        return None;
    }
    Some(std::fs::read(path).unwrap())
}

fn import(world: &World, format: Format, file: &[u8]) -> ImportReport {
    let tenant = TenantChoice::CreateMissing { workspace_slug: "default".to_owned() };
    world.try_import(file, &ImportOptions { format, tenant, ..ordinary() }).unwrap()
}

#[test]
fn four_scubagear_scans_of_two_tenants_agree_in_whatever_order_they_arrive() {
    let names = ["2024-08-02_v1.4", "2024-12-18_v1.5", "2025-02-12_v1.5", "2025-07-08_v1.6"];
    let files: Vec<_> = names.iter().filter_map(|name| file(&format!("scubagear/{name}_ScubaResults.json"))).collect();
    if files.len() < names.len() {
        return;
    }
    let world = World::new();
    let mut expected = None;
    for (number, order) in permutations(&[0, 1, 2, 3]).into_iter().enumerate() {
        world.execute("DELETE FROM findings; DELETE FROM finding_scans");
        let reports: Vec<_> = order.iter().map(|scan| import(&world, Format::ScubaGear, &files[*scan])).collect();
        assert_eq!(reports.iter().map(|report| report.read).sum::<u64>(), 130 + 129 + 129 + 126);
        assert_eq!(world.pending(), 0);
        if number == 0 {
            // Tenant ids are given in the order of arrival once, and stay.
            assert_eq!(world.number("SELECT count(*) FROM tenants"), 5);
        }
        let rows = world.rows();
        assert_eq!(*expected.get_or_insert_with(|| rows.clone()), rows, "{order:?}");
    }
    assert!(world.number("SELECT count(*) FROM findings WHERE status = 'resolved'") > 0);
}

#[test]
fn maester_and_ocsf_files_import_and_import_again_to_nothing() {
    let world = World::new();
    let mut files = vec![("maester/test-results_2025-04-30.json".to_owned(), Format::Maester)];
    files.extend(
        ["aws", "azure", "gcp", "kubernetes"].map(|cloud| (format!("ocsf/example_output_{cloud}.ocsf.json"), Format::Ocsf)),
    );
    for (path, format) in files {
        let Some(bytes) = file(&path) else { return };
        // Some of the examples have their accounts masked.
        let tenant = TenantChoice::Forced(ALPHA.to_owned());
        let options = ImportOptions { format, tenant, ..ordinary() };
        let first = world.try_import(&bytes, &options).unwrap();
        assert_eq!(first.rejected_count, 0, "{path}");
        assert!(world.try_import(&bytes, &options).unwrap().scan_already_imported, "{path}");
        assert_eq!(world.pending(), 0, "{path}");
    }
    assert!(world.number("SELECT count(*) FROM findings") > 100);
}
