//! Variables that are named like a setting and are none.

/// Beginning of the names that belong to the product.
const PREFIX: &str = "TENANTATLAS_";

/// Finds the first variable that begins like a setting and is none, with the setting whose name is nearly the same.
pub(super) fn find(present: &[String], known: &[String]) -> Option<(String, Option<String>)> {
    let is_unknown = |name: &&String| name.starts_with(PREFIX) && !known.contains(name) && !is_service_link(name, present);
    let variable = present.iter().filter(is_unknown).min()?.clone();
    let near = nearest(&variable, known);
    Some((variable, near))
}

/// True when the name is of a variable that Kubernetes gives to every container beside a service, as of the service
/// `tenantatlas`: `TENANTATLAS_SERVICE_HOST`, `TENANTATLAS_PORT_8080_TCP_ADDR`.
fn is_service_link(name: &str, present: &[String]) -> bool {
    present.iter().filter_map(|other| other.strip_suffix("_SERVICE_HOST")).any(|service| {
        let rest = name.strip_prefix(service).unwrap_or_default();
        rest.starts_with("_SERVICE_") || rest == "_PORT" || rest.starts_with("_PORT_")
    })
}

/// The setting that a few letters make of the name, if there is one.
fn nearest(name: &str, known: &[String]) -> Option<String> {
    let distance = |known: &str| strsim::damerau_levenshtein(name, known);
    let own = known.iter().filter(|known| known.starts_with(PREFIX));
    let (near, letters) = own.map(|known| (known, distance(known))).min_by_key(|(_, letters)| *letters)?;
    let allowed = (name.len() - PREFIX.len()).div_ceil(4);
    (letters <= allowed).then(|| near.clone())
}

#[cfg(test)]
mod tests {
    use super::find;

    fn found(present: &[&str]) -> Option<(String, Option<String>)> {
        let known = ["DATABASE_URL", "TENANTATLAS_LISTEN", "TENANTATLAS_LOG", "TENANTATLAS_LOG_FORMAT"];
        find(&owned(present), &owned(&known))
    }

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_name_nearly_that_of_a_setting_finds_it() {
        let near = |name: &str| found(&[name]).map(|(_, near)| near);
        assert_eq!(near("TENANTATLAS_LISTENS"), Some(Some("TENANTATLAS_LISTEN".to_owned())));
        assert_eq!(near("TENANTATLAS_LOGFORMAT"), Some(Some("TENANTATLAS_LOG_FORMAT".to_owned())));
        assert_eq!(near("TENANTATLAS_COLOUR"), Some(None));
        assert_eq!(near("TENANTATLAS_"), Some(None));
        assert_eq!(near("TENANTATLAS_LOG"), None);
        assert_eq!(near("DATABASE_URI"), None);
    }

    #[test]
    fn what_kubernetes_says_of_services_is_no_setting_and_no_mistake() {
        let of_services = [
            "TENANTATLAS_SERVICE_HOST",
            "TENANTATLAS_SERVICE_PORT_HTTP",
            "TENANTATLAS_PORT",
            "TENANTATLAS_PORT_8080_TCP_ADDR",
            "TENANTATLAS_DB_SERVICE_HOST",
            "TENANTATLAS_DB_PORT",
        ];
        assert_eq!(found(&of_services), None);
        assert_eq!(found(&["TENANTATLAS_PORT"]).map(|(name, _)| name), Some("TENANTATLAS_PORT".to_owned()));
    }
}
