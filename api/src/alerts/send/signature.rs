//! The signature of a webhook request: HMAC-SHA-256 over time and body, so that nobody else can write one, and an old one
//! cannot be sent again later.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Header with the id that is the same in each attempt.
pub(in crate::alerts) const DELIVERY: &str = "x-tenantatlas-delivery";
/// Header with the time of the attempt, in seconds since 1970.
pub(in crate::alerts) const TIMESTAMP: &str = "x-tenantatlas-timestamp";
/// Header with the signature.
pub(in crate::alerts) const SIGNATURE: &str = "x-tenantatlas-signature";

/// `v1=` and the HMAC in hexadecimal over `<timestamp>.<body>`.
pub(in crate::alerts) fn sign(secret: &str, timestamp: i64, body: &[u8]) -> String {
    // A key of any length will do for HMAC.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1={}", hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_signature_is_the_one_that_the_documentation_computes() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac 0123456789abcdef
        let expected = "v1=9eb18f493f8ec135d9eb2dad817c369bb4e9cbfa818657897a7437c1cd8c3a23";
        assert_eq!(super::sign("0123456789abcdef", 1_700_000_000, b"{\"a\":1}"), expected);
    }
}
