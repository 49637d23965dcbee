//! A network between processes and their database, which a test may break.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Pause between two looks of a listener for its end.
const LOOK: Duration = Duration::from_millis(5);

pub struct Network {
    address: SocketAddr,
    /// Directory of the server's socket.
    socket: String,
    /// What the address says beside host and port.
    database: String,
    pairs: Pairs,
    listening: Option<Arc<AtomicBool>>,
}

type Pairs = Arc<Mutex<Vec<Pair>>>;

/// The two ends of a connection, and whether it still carries anything.
struct Pair {
    near: TcpStream,
    far: UnixStream,
    is_silent: Arc<AtomicBool>,
}

impl Network {
    /// Leads to the database of the address, which names a private server.
    pub fn to(url: &str) -> Self {
        let (database, rest) = url.strip_prefix("postgresql:///").and_then(|rest| rest.split_once("?host=")).expect("a socket");
        let (host, _) = rest.split_once('&').expect("a port");
        let socket = percent_decoded(host);
        let mut network = Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            socket,
            database: database.to_owned(),
            pairs: Pairs::default(),
            listening: None,
        };
        network.open();
        network
    }

    /// Address of the database by way of this network.
    pub fn url(&self) -> String {
        format!("postgresql://tenantatlas@{}/{}", self.address, self.database)
    }

    /// Lets connections be made.
    pub fn open(&mut self) {
        let listener = TcpListener::bind(self.address).expect("a port");
        listener.set_nonblocking(true).unwrap();
        self.address = listener.local_addr().unwrap();
        let listening = Arc::new(AtomicBool::new(true));
        let (goes_on, pairs) = (Arc::clone(&listening), Arc::clone(&self.pairs));
        let socket = format!("{}/.s.PGSQL.5432", self.socket);
        std::thread::spawn(move || {
            while goes_on.load(Ordering::SeqCst) {
                match listener.accept() {
                    Ok((near, _)) => connect(near, &socket, &pairs),
                    Err(_) => std::thread::sleep(LOOK),
                }
            }
        });
        self.listening = Some(listening);
    }

    /// Ends every connection; new ones can be made.
    pub fn cut(&self) {
        for pair in self.pairs.lock().unwrap().drain(..) {
            let _ = pair.near.shutdown(Shutdown::Both);
            let _ = pair.far.shutdown(Shutdown::Both);
        }
    }

    /// Ends every connection, and refuses new ones until it is opened.
    pub fn close(&mut self) {
        if let Some(listening) = self.listening.take() {
            listening.store(false, Ordering::SeqCst);
            // The port is free when nothing listens there any more.
            crate::process::wait_until("a closed port", || TcpStream::connect(self.address).is_err());
        }
        self.cut();
    }

    /// Lets every connection carry nothing any more, without an end; new ones work.
    pub fn silence(&self) {
        self.pairs.lock().unwrap().iter().for_each(|pair| pair.is_silent.store(true, Ordering::SeqCst));
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.close();
    }
}

fn connect(near: TcpStream, socket: &str, pairs: &Pairs) {
    // A server that is down is told by the end of the connection.
    let Ok(far) = UnixStream::connect(socket) else { return };
    near.set_nonblocking(false).unwrap();
    let is_silent = Arc::new(AtomicBool::new(false));
    let copy = |silent: &Arc<AtomicBool>| (near.try_clone().unwrap(), far.try_clone().unwrap(), Arc::clone(silent));
    let (mut from, mut to, silent) = copy(&is_silent);
    std::thread::spawn(move || {
        carry(&mut from, &mut to, &silent);
        let _ = to.shutdown(Shutdown::Both);
    });
    let (mut to, mut from, silent) = copy(&is_silent);
    std::thread::spawn(move || {
        carry(&mut from, &mut to, &silent);
        let _ = to.shutdown(Shutdown::Both);
    });
    pairs.lock().unwrap().push(Pair { near, far, is_silent });
}

/// Passes on what comes, or loses it, until the connection ends.
fn carry(from: &mut impl Read, to: &mut impl Write, is_silent: &AtomicBool) {
    let mut bytes = [0; 16_384];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        if !is_silent.load(Ordering::SeqCst) && to.write_all(&bytes[..length]).is_err() {
            return;
        }
    }
}

fn percent_decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut decoded = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        decoded.push(u8::from_str_radix(&part[..2], 16).unwrap());
        decoded.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(decoded).unwrap()
}
