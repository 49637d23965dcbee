//! How much one caller may ask of one node: an API token, a person with all their sessions, or an address without a credential.
//! Sign-in has its own limit beside, which all nodes share (ACC-05).

use crate::auth::routes::{Authentication, Carrier};
use crate::context::counted_address;
use crate::error::{Code, Error, Result};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A page asks for more than a program does: it looks at many things at once and follows what is live.
const PAGES_ASK_MORE: u32 = 10;
/// Callers who have all they may are forgotten each time so many requests have been counted.
const FORGET_EVERY: u64 = 4096;

type Limiter = RateLimiter<String, DashMapStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// The limits of a node.
#[derive(Clone)]
pub struct RateLimits(Option<Arc<Limits>>);

struct Limits {
    programs: Limiter,
    pages: Limiter,
    counted: AtomicU64,
}

/// What a caller has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Requests a minute, and at once.
    quota: u32,
    /// What is left of them.
    remaining: u32,
}

impl RateLimits {
    /// So many requests a minute of a program; none: no limits.
    pub fn new(per_minute: Option<NonZeroU32>) -> Self {
        let limits = |per_minute: NonZeroU32| {
            let limiter =
                |number| RateLimiter::dashmap(Quota::per_minute(number)).with_middleware::<StateInformationMiddleware>();
            let pages = per_minute.saturating_mul(NonZeroU32::MIN.saturating_add(PAGES_ASK_MORE - 1));
            Arc::new(Limits { programs: limiter(per_minute), pages: limiter(pages), counted: AtomicU64::new(0) })
        };
        Self(per_minute.map(limits))
    }

    /// Counts a request. Errors: 429 `too-many-requests`.
    pub fn count(&self, caller: &Authentication, carrier: Carrier, address: Option<&str>) -> Result<Option<Allowance>> {
        let Some(limits) = &self.0 else { return Ok(None) };
        let credential = caller.credential();
        let limiter = if carrier == Carrier::Cookie && credential.is_some() { &limits.pages } else { &limits.programs };
        let key = credential.unwrap_or_else(|| format!("address:{}", counted_address(address.unwrap_or_default())));
        if limits.counted.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            limits.programs.retain_recent();
            limits.pages.retain_recent();
        }
        match limiter.check_key(&key) {
            Ok(state) => {
                Ok(Some(Allowance { quota: state.quota().burst_size().get(), remaining: state.remaining_burst_capacity() }))
            }
            Err(not_until) => {
                let wait = not_until.wait_time_from(DefaultClock::default().now()).as_secs().saturating_add(1);
                let quota = not_until.quota().burst_size();
                let detail = format!("More than {quota} requests in a minute. Try again in {wait} seconds.");
                Err(Error::new(Code::TooManyRequests, detail).retry_after(wait))
            }
        }
    }
}

impl Allowance {
    /// Tells it (draft-ietf-httpapi-ratelimit-headers).
    pub fn write(self, headers: &mut HeaderMap) {
        // Seconds until all of it is there again.
        let missing = u64::from(self.quota.saturating_sub(self.remaining));
        let seconds = missing.saturating_mul(60).div_ceil(u64::from(self.quota).max(1));
        let mut set = |name: &'static str, value: String| {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        };
        set("ratelimit-policy", format!("\"minute\";q={};w=60", self.quota));
        set("ratelimit", format!("\"minute\";r={};t={seconds}", self.remaining));
    }
}
