//! Whose findings a file holds.

use crate::support::{ALPHA, BETA, Scan, World, ordinary};
use serde_json::json;
use tenantatlas::error::Code;
use tenantatlas::findings::import::{Format, ImportOptions, TenantChoice};

const GAMMA: &str = "0c0c0c0c-1111-4222-8333-444455556666";

fn choosing(tenant: TenantChoice) -> ImportOptions {
    ImportOptions { tenant, ..ordinary() }
}

fn create_missing(slug: &str) -> ImportOptions {
    choosing(TenantChoice::CreateMissing { workspace_slug: slug.to_owned() })
}

fn refused(world: &World, file: &str, options: &ImportOptions) -> (Code, String) {
    let error = world.try_import(file.as_bytes(), options).unwrap_err();
    assert_eq!(world.number("SELECT (SELECT count(*) FROM findings) + (SELECT count(*) FROM finding_scans)"), 0);
    assert_eq!(world.number("SELECT count(*) FROM audit_logs"), 0);
    (error.code(), error.detail().to_owned())
}

fn of_two_tenants() -> Scan {
    Scan::on(2).fails("a").fails("b").with("tenant", BETA).fails("a").with("source", "other-tool")
}

#[test]
fn a_file_may_hold_scans_of_several_tenants_and_tools() {
    let world = World::new();
    let report = world.import(&of_two_tenants());
    assert_eq!(report.created, 3);
    assert_eq!(world.number("SELECT count(*) FROM finding_scans"), 3);
    assert_eq!(world.number("SELECT count(*) FROM audit_logs WHERE action = 'findings.imported'"), 3);
    assert_eq!(world.finding("b")["tenant_id"], world.tenant_id(BETA));
    assert!(world.import(&of_two_tenants()).scan_already_imported);
}

#[test]
fn ocsf_findings_of_several_accounts_go_to_their_tenants() {
    let world = World::new();
    let finding = |tenant: &str, code: &str| {
        json!({
            "class_uid": 2004, "cloud": {"org": {"uid": tenant}}, "metadata": {"event_code": "check", "product": {"name": "Prowler"}},
            "finding_info": {"title": "A bucket is public", "uid": format!("{tenant}-x")}, "severity_id": 4, "status_code": code,
            "status": "New", "time": 1_767_225_600, "resources": [{"uid": "bucket", "region": "north"}],
        })
    };
    let file = json!([finding(ALPHA, "FAIL"), finding(BETA, "FAIL"), finding(BETA, "PASS")]).to_string();
    let options = ImportOptions { format: Format::Ocsf, ..ordinary() };
    let report = world.try_import(file.as_bytes(), &options).unwrap();
    assert_eq!((report.created, report.unchanged), (2, 1));
    let tenants = world.document("SELECT tenant_id, resource FROM findings ORDER BY tenant_id");
    let expected = |tenant| json!({"tenant_id": world.tenant_id(tenant), "resource": "bucket@north"});
    assert_eq!(tenants, json!([expected(ALPHA), expected(BETA)]));
}

#[test]
fn an_unknown_tenant_is_named_and_nothing_is_written() {
    let world = World::new();
    let scan = of_two_tenants().fails("c").with("tenant", GAMMA);
    let (code, detail) = refused(&world, &scan.file(), &ordinary());
    assert_eq!(code, Code::UnknownTenant);
    assert!(detail.contains(GAMMA), "{detail}");
}

#[test]
fn a_deleted_tenant_is_unknown_also_where_missing_ones_are_made() {
    let world = World::new();
    world.execute(&format!("UPDATE tenants SET deleted_at = db_now() WHERE external_id = '{ALPHA}'"));
    let file = Scan::on(2).fails("a").file();
    let forced = choosing(TenantChoice::Forced(ALPHA.to_owned()));
    let only = choosing(TenantChoice::Only(world.tenant_id(ALPHA)));
    for options in [ordinary(), create_missing("default"), forced, only] {
        assert_eq!(refused(&world, &file, &options).0, Code::UnknownTenant, "{options:?}");
    }
}

#[test]
fn the_platform_takes_no_findings_however_it_is_named() {
    let world = World::new();
    let named = Scan::on(2).fails("a").fails("b").with("tenant", "Platform").file();
    assert_eq!(refused(&world, &named, &ordinary()).0, Code::UnreadableFile);
    assert_eq!(refused(&world, &named, &create_missing("default")).0, Code::UnreadableFile);
    let file = Scan::on(2).fails("a").file();
    let id = world.tenant_id("platform");
    for choice in [TenantChoice::Forced("platform".to_owned()), TenantChoice::Forced(id.to_string()), TenantChoice::Only(id)] {
        assert_eq!(refused(&world, &file, &choosing(choice)).0, Code::UnknownTenant);
    }
}

#[test]
fn a_finding_that_names_no_tenant_needs_one_to_be_chosen() {
    let world = World::new();
    let file = Scan::on(2).fails("a").with("tenant", "<tenant_uid>").file();
    assert_eq!(refused(&world, &file, &ordinary()).0, Code::UnknownTenant);
    let report = world.try_import(file.as_bytes(), &choosing(TenantChoice::Forced(BETA.to_owned()))).unwrap();
    assert_eq!((report.created, &world.finding("a")["tenant_id"]), (1, &json!(world.tenant_id(BETA))));
}

#[test]
fn missing_tenants_are_made_in_the_workspace_chosen() {
    let world = World::new();
    world.execute("INSERT INTO workspaces (slug, name) VALUES ('north', 'North')");
    let scan = Scan::on(2).fails("a").fails("b").with("tenant", GAMMA);
    let report = world.try_import(scan.file().as_bytes(), &create_missing("north")).unwrap();
    assert_eq!(report.created, 2);
    let made = world.document(&format!(
        "SELECT w.slug FROM tenants t JOIN workspaces w ON w.id = t.workspace_id WHERE t.external_id = '{GAMMA}'"
    ));
    assert_eq!(made, json!([{"slug": "north"}]));
    assert_eq!(world.number("SELECT count(*) FROM audit_logs WHERE action = 'platform.tenants.created'"), 1);
}

#[test]
fn no_tenant_is_made_for_a_file_that_is_refused() {
    let world = World::new();
    let cut_off = format!("{}{{\"tenant\": ", Scan::on(2).fails("a").with("tenant", GAMMA).file());
    assert_eq!(refused(&world, &cut_off, &create_missing("default")).0, Code::UnreadableFile);
    let file = Scan::on(2).fails("a").with("tenant", GAMMA).file();
    assert_eq!(refused(&world, &file, &create_missing("nowhere")).0, Code::ValidationFailed);
    assert_eq!(world.number("SELECT count(*) FROM tenants"), 3);
}

#[test]
fn a_forced_tenant_takes_whatever_the_file_names_and_an_only_one_does_not() {
    let world = World::new();
    let file = Scan::on(2).fails("a").file();
    let beta = world.tenant_id(BETA);
    let (code, _) = refused(&world, &file, &choosing(TenantChoice::Only(beta)));
    assert_eq!((code, code.info().code, code.info().status), (Code::TenantMismatch, "tenant-mismatch", 422));
    world.try_import(file.as_bytes(), &choosing(TenantChoice::Forced(beta.to_string()))).unwrap();
    assert_eq!(world.finding("a")["tenant_id"], beta);
}

#[test]
fn an_only_tenant_takes_files_that_name_it_or_nobody() {
    let world = World::new();
    let alpha = choosing(TenantChoice::Only(world.tenant_id(ALPHA)));
    let named = Scan::on(2).fails("a").file();
    let unnamed = Scan::on(3).fails("a").with("tenant", "").file();
    assert_eq!(world.try_import(named.as_bytes(), &alpha).unwrap().created, 1);
    assert_eq!(world.try_import(unnamed.as_bytes(), &alpha).unwrap().updated, 1);
}

#[test]
fn a_directory_id_is_the_same_in_any_case() {
    let world = World::new();
    world.execute(&format!("UPDATE tenants SET external_id = upper(external_id) WHERE external_id = '{ALPHA}'"));
    assert_eq!(world.import(&Scan::on(2).fails("a")).created, 1);
}
