//! Limits of what a caller may ask of one node: an API token, a person with all their sessions and tokens, a tenant with all its
//! users, or an address without a credential. Sign-in has its own limit beside, which all nodes share (ACC-05).

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
/// All tokens and bearer sessions of one person, in the share of one.
const OF_ONE_PERSON: u32 = 4;
/// All callers of one tenant, in the share of one token: two pages.
const OF_ONE_TENANT: u32 = 20;
/// Callers who have all they may are forgotten each time so many requests have been counted.
const FORGET_EVERY: u64 = 4096;

type Limiter = RateLimiter<Caller, DashMapStateStore<Caller>, DefaultClock, StateInformationMiddleware>;

/// Holder of a limit: their requests are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Caller {
    Token(i64),
    Operator(i64),
    User(i64),
    Tenant(i64),
    Address(String),
}

/// The limits of a node.
#[derive(Clone)]
pub struct RateLimits(Option<Arc<Limits>>);

struct Limits {
    programs: Limiter,
    pages: Limiter,
    persons: Limiter,
    tenants: Limiter,
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
            let limiter = |times: u32| {
                let number = per_minute.saturating_mul(NonZeroU32::MIN.saturating_add(times - 1));
                RateLimiter::dashmap(Quota::per_minute(number)).with_middleware::<StateInformationMiddleware>()
            };
            Arc::new(Limits {
                programs: limiter(1),
                pages: limiter(PAGES_ASK_MORE),
                persons: limiter(OF_ONE_PERSON),
                tenants: limiter(OF_ONE_TENANT),
                counted: AtomicU64::new(0),
            })
        };
        Self(per_minute.map(limits))
    }

    /// Counts a request against each limit that it falls under; what is left of the tightest. Errors: 429 `too-many-requests`.
    pub fn count(&self, caller: &Authentication, carrier: Carrier, address: Option<&str>) -> Result<Option<Allowance>> {
        let Some(limits) = &self.0 else { return Ok(None) };
        if limits.counted.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            [&limits.programs, &limits.pages, &limits.persons, &limits.tenants].into_iter().for_each(|all| all.retain_recent());
        }
        let Some(person) = person_of(caller) else {
            let address = Caller::Address(counted_address(address.unwrap_or_default()));
            return check(&limits.programs, &address, "from this address").map(Some);
        };
        let mut tightest = match carrier {
            Carrier::Cookie => check(&limits.pages, &person, "of your pages")?,
            Carrier::Header => {
                let program = caller.token().map_or_else(|| person.clone(), |token| Caller::Token(token.id));
                let own = check(&limits.programs, &program, "with this credential")?;
                own.tighter(check(&limits.persons, &person, "with all your credentials")?)
            }
        };
        if let Authentication::User(_, Some(membership)) = caller {
            let tenant = Caller::Tenant(membership.tenant_id);
            tightest = tightest.tighter(check(&limits.tenants, &tenant, "of all users of this tenant")?);
        }
        Ok(Some(tightest))
    }
}

fn person_of(caller: &Authentication) -> Option<Caller> {
    match caller {
        Authentication::Nobody => None,
        Authentication::Operator(operator) => Some(Caller::Operator(operator.id)),
        Authentication::User(user, _) => Some(Caller::User(user.id)),
    }
}

fn check(limiter: &Limiter, caller: &Caller, whose: &str) -> Result<Allowance> {
    match limiter.check_key(caller) {
        Ok(state) => Ok(Allowance { quota: state.quota().burst_size().get(), remaining: state.remaining_burst_capacity() }),
        Err(not_until) => {
            let wait = not_until.wait_time_from(DefaultClock::default().now()).as_secs().saturating_add(1);
            let quota = not_until.quota().burst_size();
            let detail = format!("More than {quota} requests {whose} in a minute. Try again in {wait} seconds.");
            Err(Error::new(Code::TooManyRequests, detail).retry_after(wait))
        }
    }
}

impl Allowance {
    /// The one of which less is left.
    fn tighter(self, other: Self) -> Self {
        if other.remaining < self.remaining { other } else { self }
    }

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
