//! The `ETag` and `If-Match` headers (API-02): two people who change one thing at once do not lose a change unseen.

use crate::error::{Code, Error};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use std::future::{Ready, ready};

/// `ETag` of a version.
pub fn etag(version: &str) -> (header::HeaderName, String) {
    (header::ETAG, format!("\"{version}\""))
}

/// The versions that a request expects one of to be the present one; none: it does not care. A weak one never is.
#[derive(Debug, Clone)]
pub struct IfMatch(pub Option<Vec<String>>);

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let values: Vec<_> = req.headers().get_all(header::IF_MATCH).collect();
        if values.is_empty() {
            return ready(Ok(Self(None)));
        }
        let texts: Option<Vec<&str>> = values.iter().map(|value| value.to_str().ok()).collect();
        let parsed = texts.and_then(|texts| parse(&texts.join(",")));
        let malformed =
            || Error::new(Code::MalformedRequest, "If-Match is an ETag in quotes, several with commas between, or *.");
        ready(parsed.map(Self).ok_or_else(malformed))
    }
}

/// The outer option: whether it is well-formed. The inner: `*` expects nothing of what is there.
#[allow(clippy::option_option, reason = "two questions with an answer each")]
fn parse(text: &str) -> Option<Option<Vec<String>>> {
    if text.trim() == "*" {
        return Some(None);
    }
    let mut versions = Vec::new();
    for part in text.split(',').map(str::trim) {
        let strong = part.strip_prefix("W/").unwrap_or(part);
        let version = strong.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|one| !one.contains('"'))?;
        if strong == part {
            versions.push(version.to_owned());
        }
    }
    Some(Some(versions))
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn of(versions: &[&str]) -> Option<Option<Vec<String>>> {
        Some(Some(versions.iter().map(ToString::to_string).collect()))
    }

    #[test]
    fn strong_versions_are_taken_weak_ones_match_nothing_and_anything_else_is_malformed() {
        assert_eq!(parse("\"a\""), of(&["a"]));
        assert_eq!(parse("\"a\", W/\"b\" ,\"c\""), of(&["a", "c"]));
        assert_eq!(parse("W/\"a\""), of(&[]));
        assert_eq!(parse(" * "), Some(None));
        for text in ["", "a", "\"a", "\"a\",", "*, \"a\"", "\"a\"b\"", "'a'"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
