//! Reading which tenant a file or a finding is about.

use crate::tenancy::PLATFORM_EXTERNAL_ID;
use crate::text::is_one_line;
use serde_json::Value;
use uuid::Uuid;

use super::unreadable::Unreadable;

/// Characters an id may have.
const LIMIT: usize = 256;

/// Reads the directory id in `field` of a file's header: a GUID, or nothing at all.
pub(super) fn directory_id(field: &str, value: Option<&Value>) -> Result<Option<String>, Unreadable> {
    let named = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.trim(),
        Some(_) => return Err(unusable(field)),
    };
    if named.is_empty() {
        return Ok(None);
    }
    refuse_reserved(named)?;
    guid(named).filter(|id| !id.is_nil()).map(|id| Some(id.to_string())).ok_or_else(|| unusable(field))
}

/// Reads the id in `field` of a finding: any text, since clouds other than Microsoft's name their accounts as they like. Blank text,
/// a placeholder and an empty GUID name nobody.
pub(super) fn account_id(field: &str, value: Option<&Value>) -> Result<Option<String>, Unreadable> {
    let named = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => return Err(unusable(field)),
    };
    if named.is_empty() || is_placeholder(&named) {
        return Ok(None);
    }
    refuse_reserved(&named)?;
    if !is_one_line(&named) || named.chars().nth(LIMIT).is_some() {
        return Err(unusable(field));
    }
    match guid(&named) {
        Some(id) if id.is_nil() => Ok(None),
        Some(id) => Ok(Some(id.to_string())),
        // Sentences such as "Unknown tenant domain (missing permissions)" stand where tools may not read the id.
        None => Ok(Some(named).filter(|named| !named.contains(char::is_whitespace))),
    }
}

/// True when `text` stands where an id was masked, as in `<tenant_uid>`.
pub(super) fn is_placeholder(text: &str) -> bool {
    text.starts_with('<') && text.ends_with('>')
}

fn refuse_reserved(named: &str) -> Result<(), Unreadable> {
    if named.eq_ignore_ascii_case(PLATFORM_EXTERNAL_ID) { Err(Unreadable::ReservedTenant) } else { Ok(()) }
}

/// Only the usual form with four hyphens: 32 bare digits may be another kind of id.
fn guid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|_| text.len() == 36)
}

fn unusable(field: &str) -> Unreadable {
    Unreadable::UnusableTenant { field: field.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "0f0e0d0c-1111-4222-8333-444455556666";

    #[test]
    fn a_directory_id_is_a_guid_in_lower_case() {
        let read = |value: Value| directory_id("TenantId", Some(&value));
        assert_eq!(read(json!(ID.to_uppercase())), Ok(Some(ID.to_owned())));
        assert_eq!(read(json!("")), Ok(None));
        assert_eq!(read(Value::Null), Ok(None));
        assert_eq!(directory_id("TenantId", None), Ok(None));
    }

    #[test]
    fn a_sentence_a_number_and_an_empty_guid_are_no_directory_id() {
        for odd in [json!("TenantId (not connected to Graph)"), json!(7), json!(Uuid::nil()), json!("contoso.com")] {
            assert!(matches!(directory_id("TenantId", Some(&odd)), Err(Unreadable::UnusableTenant { .. })), "{odd}");
        }
    }

    #[test]
    fn an_account_id_is_any_text_but_a_blank_a_placeholder_a_sentence_and_an_empty_guid() {
        let read = |value: Value| account_id("tenant", Some(&value));
        assert_eq!(read(json!(" 123456789012 ")), Ok(Some("123456789012".to_owned())));
        assert_eq!(read(json!(123_456_789_012_u64)), Ok(Some("123456789012".to_owned())));
        assert_eq!(read(json!(ID.to_uppercase())), Ok(Some(ID.to_owned())));
        assert_eq!(read(json!("<tenant_uid>")), Ok(None));
        assert_eq!(read(json!(" ")), Ok(None));
        assert_eq!(read(json!("Unknown tenant domain (missing permissions)")), Ok(None));
        assert_eq!(read(json!(Uuid::nil())), Ok(None));
        assert!(read(json!({"id": 1})).is_err());
        assert!(read(json!("x".repeat(257))).is_err());
    }

    #[test]
    fn the_reserved_tenant_is_refused_in_any_case() {
        assert_eq!(directory_id("TenantId", Some(&json!("Platform"))), Err(Unreadable::ReservedTenant));
        assert_eq!(account_id("tenant", Some(&json!(" PLATFORM "))), Err(Unreadable::ReservedTenant));
    }
}
