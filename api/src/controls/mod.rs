//! Kill switches over risky actions. No control can be paused in this version: every decision is "enabled".

mod decision;

pub use decision::{Decision, EffectiveState, MatchedScope};
