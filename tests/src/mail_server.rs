//! A mail server that behaves as it is told: with and without TLS, with and without signing in.

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// How connections are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Not at all, and not offered.
    None,
    /// Offered, by STARTTLS.
    Starttls,
    /// From the first byte on.
    Implicit,
}

/// What the server does.
#[derive(Debug, Clone)]
pub enum Manner {
    /// Takes mail from everybody.
    Takes,
    /// Takes mail from who signs in with this user name and password.
    TakesFrom(&'static str, &'static str),
    /// Answers recipients with this line.
    Says(&'static str),
    /// Never greets.
    Hangs,
    /// Greets without end.
    Floods,
    /// Hangs up when TLS is to begin.
    HangsUp,
    /// Answers with this line when TLS is asked for.
    Postpones(&'static str),
}

/// A mail that was taken.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    /// Sender of the envelope.
    pub from: String,
    /// Recipients of the envelope.
    pub to: Vec<String>,
    /// Head and text.
    pub data: String,
    /// Whether it came over TLS.
    pub is_encrypted: bool,
    /// Who had signed in.
    pub user: Option<String>,
}

impl Mail {
    /// A header, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.data.split("\r\n\r\n").next()?.replace("\r\n ", " ");
        head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(ToOwned::to_owned))
    }

    /// The text, decoded.
    pub fn text(&self) -> String {
        let text = self.data.split_once("\r\n\r\n").map_or("", |(_, text)| text);
        match self.header("Content-Transfer-Encoding").as_deref() {
            Some("quoted-printable") => decode(text),
            _ => text.to_owned(),
        }
    }
}

/// Quoted-printable.
fn decode(text: &str) -> String {
    let joined = text.replace("=\r\n", "");
    let (mut bytes, mut rest) = (Vec::new(), joined.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        match (first, after) {
            (b'=', [high, low, after @ ..]) => {
                let digits = [*high, *low];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

/// A mail server on a free port of this machine; it ends with the test.
pub struct MailServer {
    /// Where it listens.
    pub address: SocketAddr,
    mails: Arc<Mutex<Vec<Mail>>>,
    task: tokio::task::JoinHandle<()>,
}

impl MailServer {
    /// Starts one. Its certificate, which nobody else trusts, is written to `certificate`.
    pub async fn start(protection: Protection, manner: Manner, certificate: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let (acceptor, mails) = (acceptor(certificate), Arc::<Mutex<Vec<Mail>>>::default());
        let kept = mails.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, manner, kept) = (acceptor.clone(), manner.clone(), kept.clone());
                tokio::spawn(async move { accept(stream, acceptor, protection, &manner, &kept).await });
            }
        });
        Self { address, mails, task }
    }

    /// Mails that were taken, in order.
    pub fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }

    /// The one mail that was taken.
    #[track_caller]
    pub fn only(&self) -> Mail {
        let mut mails = self.mails();
        assert_eq!(mails.len(), 1, "one mail is expected: {mails:#?}");
        mails.remove(0)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn acceptor(file: &Path) -> TlsAcceptor {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    std::fs::write(file, made.cert.pem()).expect("the file of the certificate");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    TlsAcceptor::from(Arc::new(config))
}

type Kept = Mutex<Vec<Mail>>;

async fn accept(stream: TcpStream, acceptor: TlsAcceptor, protection: Protection, manner: &Manner, kept: &Kept) {
    if protection == Protection::Implicit {
        if matches!(manner, Manner::HangsUp) {
            return;
        }
        let Ok(stream) = acceptor.accept(stream).await else { return };
        let mut talk = Talk { stream: BufReader::new(stream), offers_tls: false, is_encrypted: true };
        talk.greet_and_go_on(manner, kept).await;
        return;
    }
    let offers_tls = protection == Protection::Starttls;
    let mut talk = Talk { stream: BufReader::new(stream), offers_tls, is_encrypted: false };
    if talk.greet_and_go_on(manner, kept).await == Next::Tls {
        let Ok(stream) = acceptor.accept(talk.stream.into_inner()).await else { return };
        let mut talk = Talk { stream: BufReader::new(stream), offers_tls: false, is_encrypted: true };
        talk.go_on(manner, kept).await;
    }
}

#[derive(PartialEq, Eq)]
enum Next {
    End,
    Tls,
}

struct Talk<S> {
    stream: BufReader<S>,
    offers_tls: bool,
    is_encrypted: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    async fn greet_and_go_on(&mut self, manner: &Manner, kept: &Kept) -> Next {
        match manner {
            Manner::Hangs => tokio::time::sleep(Duration::from_secs(3_600)).await,
            Manner::Floods => while self.stream.write_all(&[b'2'; 16 * 1024]).await.is_ok() {},
            _ => self.say("220 mail.example.com").await,
        }
        self.go_on(manner, kept).await
    }

    async fn go_on(&mut self, manner: &Manner, kept: &Kept) -> Next {
        let mut mail = Mail { is_encrypted: self.is_encrypted, ..Mail::default() };
        let mut line = String::new();
        loop {
            line.clear();
            if self.stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return Next::End;
            }
            let word = line.trim_end();
            let must_sign_in = matches!(manner, Manner::TakesFrom(..)) && mail.user.is_none();
            if word.starts_with("EHLO") {
                let tls = if self.offers_tls { "250-STARTTLS\r\n" } else { "" };
                let auth = if matches!(manner, Manner::TakesFrom(..)) { "250-AUTH PLAIN\r\n" } else { "" };
                self.say(&format!("250-mail.example.com\r\n{tls}{auth}250 8BITMIME")).await;
            } else if word == "STARTTLS" && self.offers_tls {
                match manner {
                    Manner::Postpones(line) => self.say(line).await,
                    _ => {
                        self.say("220 go ahead").await;
                        return if matches!(manner, Manner::HangsUp) { Next::End } else { Next::Tls };
                    }
                }
            } else if let Some(given) = word.strip_prefix("AUTH PLAIN ") {
                match manner {
                    Manner::TakesFrom(user, password) if given == plain(user, password) => {
                        mail.user = Some((*user).to_owned());
                        self.say("235 welcome").await;
                    }
                    _ => self.say("535 who are you").await,
                }
            } else if must_sign_in {
                self.say("530 sign in first").await;
            } else if let Some(from) = word.strip_prefix("MAIL FROM:") {
                mail.from = address(from);
                self.say("250 ok").await;
            } else if let Some(to) = word.strip_prefix("RCPT TO:") {
                mail.to.push(address(to));
                self.say(if let Manner::Says(line) = manner { line } else { "250 ok" }).await;
            } else if word == "DATA" {
                self.say("354 go on").await;
                mail.data = self.read_data().await;
                kept.lock().unwrap().push(mail.clone());
                self.say("250 taken").await;
            } else {
                self.say("221 bye").await;
            }
        }
    }

    async fn say(&mut self, line: &str) {
        let _ = self.stream.write_all(format!("{line}\r\n").as_bytes()).await;
        let _ = self.stream.flush().await;
    }

    async fn read_data(&mut self) -> String {
        let mut data = String::new();
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await.unwrap_or(0) == 0 || line == ".\r\n" {
                return data;
            }
            data.push_str(line.strip_prefix('.').unwrap_or(&line));
        }
    }
}

fn address(text: &str) -> String {
    text.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}

/// What a client says that signs in, in base 64.
fn plain(user: &str, password: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes = format!("\0{user}\0{password}").into_bytes();
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().chain([0, 0].iter()).take(3).fold(0_usize, |number, byte| (number << 8) | usize::from(*byte));
        for (at, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            text.push(if at <= chunk.len() { char::from(DIGITS[(number >> shift) & 63]) } else { '=' });
        }
    }
    text
}
