//! A receiver of webhooks that behaves as it is told.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a receiver does with a request.
#[derive(Debug, Clone)]
pub enum Behaviour {
    /// Answers with this status and a body that nobody is to see.
    Answer(u16),
    /// Sends on to elsewhere.
    Redirect(String),
    /// Never answers.
    Hang,
    /// Hangs up without an answer.
    Close,
    /// Answers well and then talks without end.
    Flood,
    /// Talks without end, and never in HTTP.
    Babble,
}

/// What stands in each answer and must be seen nowhere.
pub const BODY: &str = "internal detail of the receiver";

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method and path.
    pub line: String,
    /// By lower-case name.
    pub headers: HashMap<String, String>,
    /// As it was sent.
    pub body: String,
}

impl Request {
    /// A header.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", self.headers))
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// A receiver on a free port of this machine; it ends with the test.
pub struct Receiver {
    /// Where it listens.
    pub address: SocketAddr,
    behaviour: Arc<Mutex<Behaviour>>,
    requests: Arc<Mutex<Vec<Request>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Receiver {
    /// Starts one.
    pub async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let (behaviour, requests) = (Arc::new(Mutex::new(behaviour)), Arc::<Mutex<Vec<Request>>>::default());
        let (told, kept) = (behaviour.clone(), requests.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, told.clone(), kept.clone()));
            }
        });
        Self { address, behaviour, requests, task }
    }

    /// Its address for a webhook.
    pub fn url(&self) -> String {
        format!("http://{}/hook?key=1", self.address)
    }

    /// From now on it does this.
    pub fn behave(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }

    /// What has arrived, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The one request that has arrived.
    #[track_caller]
    pub fn only(&self) -> Request {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "one request is expected: {requests:#?}");
        requests.remove(0)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, behaviour: Arc<Mutex<Behaviour>>, requests: Arc<Mutex<Vec<Request>>>) {
    let Some(request) = read(&mut stream).await else { return };
    requests.lock().unwrap().push(request);
    let behaviour = behaviour.lock().unwrap().clone();
    let head = |status: u16, more: &str| format!("HTTP/1.1 {status} Told\r\ncontent-type: text/plain\r\n{more}\r\n");
    match behaviour {
        Behaviour::Answer(status) => {
            let answer = format!("{}{BODY}", head(status, &format!("content-length: {}\r\n", BODY.len())));
            let _ = stream.write_all(answer.as_bytes()).await;
        }
        Behaviour::Redirect(to) => {
            let _ = stream.write_all(head(307, &format!("location: {to}\r\ncontent-length: 0\r\n")).as_bytes()).await;
        }
        Behaviour::Hang => tokio::time::sleep(Duration::from_secs(3_600)).await,
        Behaviour::Close => {}
        Behaviour::Flood => {
            let _ = stream.write_all(head(200, "content-length: 1000000000000\r\n").as_bytes()).await;
            talk(&mut stream).await;
        }
        Behaviour::Babble => talk(&mut stream).await,
    }
}

/// Until the other side hangs up.
async fn talk(stream: &mut TcpStream) {
    while stream.write_all(&[b'a'; 16 * 1024]).await.is_ok() {}
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let mut lines = head.lines();
    let line = lines.next()?.to_owned();
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let headers: HashMap<String, String> = lines.filter_map(header).collect();
    let length: usize = headers.get("content-length")?.parse().ok()?;
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Request { line, headers, body: String::from_utf8(body).ok()? })
}
