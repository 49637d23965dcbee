//! Requests that are no HTTP, or two at once for who reads them otherwise: written by hand to the socket.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use support::TestApp;

/// A socket to the server.
pub struct Connection(TcpStream);

impl Connection {
    pub fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        Self(stream)
    }

    /// Sends bytes; a server that has hung up is no failure.
    pub fn send(&mut self, bytes: &[u8]) {
        let _ = self.0.write_all(bytes);
    }

    /// Whether an answer has begun to come.
    pub fn is_answered(&self) -> bool {
        self.0.set_nonblocking(true).unwrap();
        let answered = self.0.peek(&mut [0]).is_ok();
        self.0.set_nonblocking(false).unwrap();
        answered
    }

    /// Sends bytes and reads what comes until the server closes, or nothing more comes.
    pub fn exchange(&mut self, bytes: &[u8]) -> String {
        self.send(bytes);
        let mut answer = Vec::new();
        let _ = self.0.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// The status of the first answer; 0 where there is none.
pub fn status(answer: &str) -> u16 {
    answer.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)).and_then(|code| code.parse().ok()).unwrap_or_default()
}

/// What is smuggled: the second request, for who sees two where the server sees one, or the other way round.
const SMUGGLED: &str = "GET /api/v1/system/smuggled HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn a_request_whose_length_can_be_read_in_two_ways_is_refused_and_nothing_after_it_is_answered() {
    let app = TestApp::start().await;
    for lengths in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 0\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 0\r\n",
        "Content-Length: 0, 5\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 5a\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 18446744073709551617\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: identity, chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding:\u{b}chunked\r\n",
        " Content-Length: 5\r\n",
    ] {
        let request = format!(
            "POST /api/v1/system/auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{lengths}\r\n0\r\n\r\n{SMUGGLED}"
        );
        let answer = Connection::open(app.server().address).exchange(request.as_bytes());
        let answers = answer.matches("HTTP/1.1 ").count();
        assert!(answers <= 1, "{lengths:?} was answered {answers} times: {answer}");
        assert!(matches!(status(&answer), 0 | 400..=499 | 501), "{lengths:?}: {answer}");
        assert!(!answer.contains("smuggled"), "{lengths:?}: {answer}");
    }
    app.anonymous().healthz().await.assert_status(200);
}

#[tokio::test]
async fn what_is_no_http_is_refused_and_harms_nobody() {
    let app = TestApp::start().await;
    let long = "a".repeat(200_000);
    let many: String = (0..500).map(|number| format!("X-{number}: y\r\n")).collect();
    for request in [
        "\r\n\r\n\r\n".to_owned(),
        "GET\r\n\r\n".to_owned(),
        "GET /healthz\r\n\r\n".to_owned(),
        "GET /healthz HTTP/9.9\r\n\r\n".to_owned(),
        "\u{0}\u{1}\u{2}\u{3}".repeat(100),
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n"),
        format!("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: {long}\r\n\r\n"),
        format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{many}\r\n"),
        "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Fold: a\r\n b\r\n\r\n".to_owned(),
        "GET /healthz HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n".to_owned(),
        "G\u{0}ET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        "POST /api/v1/system/auth/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n".to_owned(),
        "POST /api/v1/system/auth/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n"
            .to_owned(),
    ] {
        let answer = Connection::open(app.server().address).exchange(request.as_bytes());
        let shown: String = request.chars().take(60).collect();
        assert!(matches!(status(&answer), 0 | 400..=499 | 505), "{shown:?}: {answer}");
        assert!(!answer.contains("panicked") && !answer.contains("src/"), "{shown:?}: {answer}");
    }
    app.anonymous().healthz().await.assert_status(200);
}
