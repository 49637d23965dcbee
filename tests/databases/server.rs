//! A PostgreSQL of the test's own, reached over TCP, set up as an administrator might have it.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use support::postgres::{connect, data_root};
use support::process::{send_signal, wait_until};
use tempfile::TempDir;

/// The superuser of every server.
const SUPERUSER: &str = "postgres";
/// Password of every role.
const PASSWORD: &str = "correct-horse";

/// Encryption of connections over TCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// They have to be; the server has a certificate for 127.0.0.1.
    Required,
    /// The server cannot.
    None,
}

/// A running server; it ends with the test.
pub struct Server {
    command: Command,
    process: Child,
    port: u16,
    directory: TempDir,
}

impl Server {
    /// Starts one of the version that tests use otherwise.
    pub fn start(tls: Tls) -> Self {
        Self::start_from(&usual(), tls, &[])
    }

    /// Starts one with these programs and this environment.
    pub fn start_from(programs: &Path, tls: Tls, environment: &[(&str, &str)]) -> Self {
        let directory = tempfile::Builder::new().prefix("tenantatlas-databases-").tempdir_in(data_root()).unwrap();
        std::fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let programs = reachable(programs, directory.path());
        let data = data_of(&directory);
        let mut initdb = as_account(&programs.join("initdb"));
        initdb.args(["-A", "trust", "-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]).arg(&data);
        let made = initdb.output().expect("initdb");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let kind = if tls == Tls::Required { "hostssl" } else { "host" };
        write(
            &data.join("pg_hba.conf"),
            &format!("local all,replication all trust\n{kind} all all 127.0.0.1/32 scram-sha-256\n"),
            0o644,
        );
        let mut more = Vec::new();
        if tls == Tls::Required {
            make_certificates(directory.path(), &data);
            more = vec!["ssl=on", "ssl_cert_file=server.crt", "ssl_key_file=server.key"];
        }
        Self::start_in(&programs, directory, environment, &more)
    }

    fn start_in(programs: &Path, directory: TempDir, environment: &[(&str, &str)], more: &[&str]) -> Self {
        let data = directory.path().join("data");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut postgres = as_account(&programs.join("postgres"));
        postgres.envs(environment.iter().copied()).arg("-D").arg(&data).args(["-p", &port.to_string()]);
        let socket = format!("unix_socket_directories={}", data.display());
        let options = ["listen_addresses=127.0.0.1", "fsync=off", "max_connections=60", &socket];
        postgres.args(options.iter().chain(more).flat_map(|option| ["-c", option]));
        postgres.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = postgres.spawn().expect("postgres");
        let server = Self { command: postgres, process, port, directory };
        server.wait_until_it_answers();
        server
    }

    /// Starts a replica of this one, without TLS.
    pub fn replica(&self) -> Self {
        let directory = tempfile::Builder::new().prefix("tenantatlas-databases-").tempdir_in(data_root()).unwrap();
        std::fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let programs = Path::new(self.command.get_program()).parent().expect("a folder");
        let mut backup = as_account(&programs.join("pg_basebackup"));
        backup.args(["-d", &self.socket_url(SUPERUSER), "-R", "-c", "fast", "--no-sync", "-D"]).arg(data_of(&directory));
        let made = backup.output().expect("pg_basebackup");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Self::start_in(programs, directory, &[], &[])
    }

    /// Starts it again as a standby, which only reads.
    pub fn become_standby(&mut self) {
        send_signal("INT", self.process.id());
        self.process.wait().expect("the end of PostgreSQL");
        write(&self.directory.path().join("data").join("standby.signal"), "", 0o600);
        self.process = self.command.spawn().expect("postgres");
        self.wait_until_it_answers();
    }

    fn wait_until_it_answers(&self) {
        wait_until("a PostgreSQL that answers", || PgConnection::establish(&self.socket_url(SUPERUSER)).is_ok());
    }

    /// Runs statements as the superuser, in this database.
    #[track_caller]
    pub fn execute(&self, database: &str, sql: &str) {
        connect(&self.socket_url(database)).batch_execute(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// Makes a database of a role's own that `migrate` can use as the documentation says: the role owns nothing else and is no
    /// superuser. Returns the name of both.
    pub fn database_of_owner(&self, name: &str) -> String {
        self.role(name);
        self.execute(SUPERUSER, &format!("CREATE DATABASE {name} OWNER {name}"));
        name.to_owned()
    }

    /// Makes a role that may connect and nothing else, and take on that of the tenant plane.
    pub fn role(&self, name: &str) {
        self.execute(
            SUPERUSER,
            &format!(
                "DO $$ BEGIN CREATE ROLE tenantatlas_tenant NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
                 CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'; GRANT tenantatlas_tenant TO {name}"
            ),
        );
    }

    /// The address of a database over TCP, with more parameters as `sslmode=require`.
    pub fn url(&self, user: &str, database: &str, parameters: &str) -> String {
        format!("postgres://{user}:{PASSWORD}@127.0.0.1:{}/{database}?{parameters}", self.port)
    }

    /// The file with the certificate of those who signed the server's.
    pub fn authority(&self) -> String {
        self.directory.path().join("ca.crt").display().to_string()
    }

    /// The superuser's address over the socket.
    pub fn socket_url(&self, database: &str) -> String {
        format!(
            "postgresql:///{database}?host={}&port={}&user={SUPERUSER}",
            self.directory.path().join("data").display(),
            self.port
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        send_signal("QUIT", self.process.id());
        let _ = self.process.wait();
    }
}

/// Programs of each version on this machine: of packages, and below `.tools` of the project.
pub fn installed() -> Vec<(u32, PathBuf)> {
    let tools = support::source::root().join(".tools");
    let below = |root: &Path, rest: &str| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
        entries.map(|entry| entry.path().join(rest)).filter(|path| path.join("postgres").exists()).collect()
    };
    let mut found = below(Path::new("/usr/lib/postgresql"), "bin");
    found.extend(below(&tools, "native/bin"));
    found.extend(std::env::var_os("PG_BIN_DIR").map(PathBuf::from));
    let mut versions: Vec<(u32, PathBuf)> = found.into_iter().map(|path| (version(&path), path)).collect();
    versions.sort();
    versions.dedup_by_key(|(version, _)| *version);
    versions
}

/// The programs that tests use otherwise.
fn usual() -> PathBuf {
    let told = std::env::var_os("PG_BIN_DIR").map(PathBuf::from);
    told.unwrap_or_else(|| installed().first().expect("a PostgreSQL; or set PG_BIN_DIR").1.clone())
}

fn version(programs: &Path) -> u32 {
    let said = Command::new(programs.join("postgres")).arg("--version").output().expect("postgres");
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    said.split_whitespace().find_map(|word| word.split('.').next()?.parse().ok()).expect("a version")
}

/// The folder of the data, which belongs to the account that PostgreSQL runs as.
fn data_of(directory: &TempDir) -> PathBuf {
    let data = directory.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::set_permissions(&data, PermissionsExt::from_mode(0o700)).unwrap();
    give(&data);
    data
}

/// User and group that PostgreSQL runs as when root starts it, which it refuses itself.
fn account() -> Option<(u32, u32)> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|said| said.stdout == b"0\n");
    let users = is_root.then(|| std::fs::read_to_string("/etc/passwd").unwrap())?;
    ["postgres", "nobody"].iter().find_map(|name| {
        let line = users.lines().find(|line| line.starts_with(&format!("{name}:")))?;
        let mut ids = line.split(':').skip(2);
        Some((ids.next()?.parse().ok()?, ids.next()?.parse().ok()?))
    })
}

fn as_account(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().current_dir("/");
    if let Some((user, group)) = account() {
        command.uid(user).gid(group);
    }
    command
}

fn give(path: &Path) {
    if let Some((user, group)) = account() {
        chown(path, Some(user), Some(group)).unwrap();
    }
}

fn write(path: &Path, text: &str, mode: u32) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    give(path);
}

/// The programs, copied where the account cannot reach them.
fn reachable(programs: &Path, directory: &Path) -> PathBuf {
    if as_account(&programs.join("postgres")).arg("--version").output().is_ok_and(|said| said.status.success()) {
        return programs.to_owned();
    }
    let copied = Command::new("cp").arg("-RL").arg(programs.parent().unwrap()).arg(directory.join("native")).status();
    assert!(copied.is_ok_and(|status| status.success()), "the programs of PostgreSQL cannot be copied");
    directory.join("native").join("bin")
}

/// A certificate for 127.0.0.1, and that of the authority which signed it.
fn make_certificates(directory: &Path, data: &Path) {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    // Two of one name would look like one that signed itself.
    authority.distinguished_name.push(DnType::CommonName, "Authority of the tests");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let signed = authority.self_signed(&authority_key).unwrap();
    write(&directory.join("ca.crt"), &signed.pem(), 0o644);
    let issuer = Issuer::from_params(&authority, &authority_key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    write(&data.join("server.crt"), &certificate.pem(), 0o644);
    write(&data.join("server.key"), &key.serialize_pem(), 0o600);
}
