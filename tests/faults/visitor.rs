//! Somebody who looks at a run through servers that may die under the request.

use crate::process::pause;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use support::Actor;

/// Where servers listen at present.
pub type Addresses = Arc<Mutex<Vec<SocketAddr>>>;

/// What they look at, and as whom.
struct Sight {
    who: Actor,
    run: i64,
    updated: i64,
}

pub struct Visitor {
    pub addresses: Addresses,
    sight: Arc<Mutex<Option<Sight>>>,
    stop: Arc<AtomicBool>,
    answers: Arc<AtomicI64>,
    thread: Option<JoinHandle<()>>,
}

impl Visitor {
    pub fn start() -> Self {
        let (addresses, sight) = (Addresses::default(), Arc::new(Mutex::new(None)));
        let (stop, answers) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicI64::new(0)));
        let seen = (Arc::clone(&addresses), Arc::clone(&sight), Arc::clone(&stop), Arc::clone(&answers));
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            while !seen.2.load(Ordering::Relaxed) {
                let address = seen.0.lock().unwrap().first().copied();
                let answered = address.is_some_and(|address| runtime.block_on(look(address, &seen.1)));
                seen.3.fetch_add(i64::from(answered), Ordering::Relaxed);
                pause();
            }
        });
        Self { addresses, sight, stop, answers, thread: Some(thread) }
    }

    /// From now on this run.
    pub fn look_at(&self, who: &Actor, run: i64) {
        *self.sight.lock().unwrap() = Some(Sight { who: who.clone(), run, updated: 0 });
    }

    /// How often they were told how the run stands.
    #[track_caller]
    pub fn leave(mut self) -> i64 {
        self.stop.store(true, Ordering::Relaxed);
        let ended = self.thread.take().unwrap().join();
        assert!(ended.is_ok(), "what the visitor saw was wrong");
        self.answers.load(Ordering::Relaxed)
    }
}

/// One look; false when nobody answered. What was counted once stays counted, whoever answers.
async fn look(address: SocketAddr, sight: &Mutex<Option<Sight>>) -> bool {
    let Some((who, run, before)) = sight.lock().unwrap().as_ref().map(|sight| (sight.who.at(address), sight.run, sight.updated))
    else {
        return false;
    };
    let request = who.request(reqwest::Method::GET, &format!("/api/v1/system/ops/runs/{run}"));
    let Ok(answer) = request.timeout(std::time::Duration::from_secs(20)).send().await else { return false };
    let status = answer.status().as_u16();
    let Ok(body) = answer.bytes().await else { return false };
    assert!([200, 503].contains(&status), "{status}: {}", String::from_utf8_lossy(&body));
    if status == 503 {
        return false;
    }
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let updated = body["summary_counts"]["updated"].as_i64().unwrap();
    assert!(updated >= before, "{updated} rows after {before}");
    if let Some(sight) = sight.lock().unwrap().as_mut().filter(|sight| sight.run == run) {
        sight.updated = updated;
    }
    true
}

impl Drop for Visitor {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
