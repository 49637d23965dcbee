//! What a person may make of a finding's status (FND-05). The table stands here and nowhere else: what is shown as possible
//! and what is accepted are the same.

use super::model::Status;

/// The statuses that a person may give a finding that has this one, in the order in which work goes on. Nobody makes a
/// finding `new` again, or `acknowledged`, which old versions wrote.
pub const fn next(from: Status) -> &'static [Status] {
    match from {
        Status::New | Status::Reopened | Status::Acknowledged => {
            &[Status::Triaged, Status::InProgress, Status::Resolved, Status::Closed, Status::RiskAccepted]
        }
        Status::Triaged => &[Status::InProgress, Status::Resolved, Status::Closed, Status::RiskAccepted],
        Status::InProgress => &[Status::Triaged, Status::Resolved, Status::Closed, Status::RiskAccepted],
        Status::Resolved | Status::RiskAccepted => &[Status::Reopened, Status::Closed],
        Status::Closed => &[Status::Reopened],
    }
}

/// Whether a finding in this status says who decided so and why: it has `closed_at` and `closed_reason`.
pub const fn needs_reason(status: Status) -> bool {
    matches!(status, Status::Closed | Status::RiskAccepted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_transitions_is_this() {
        let table: Vec<String> = Status::ALL
            .iter()
            .map(|from| format!("{from}: {}", next(*from).iter().map(|to| to.as_str()).collect::<Vec<_>>().join(" ")))
            .collect();
        assert_eq!(
            table,
            [
                "new: triaged in_progress resolved closed risk_accepted",
                "triaged: in_progress resolved closed risk_accepted",
                "in_progress: triaged resolved closed risk_accepted",
                "reopened: triaged in_progress resolved closed risk_accepted",
                "acknowledged: triaged in_progress resolved closed risk_accepted",
                "resolved: reopened closed",
                "closed: reopened",
                "risk_accepted: reopened closed",
            ]
        );
    }

    #[test]
    fn there_is_always_a_way_on_and_never_one_to_where_the_finding_is_or_back_to_the_beginning() {
        for from in Status::ALL {
            assert!(!next(*from).is_empty(), "{from}");
            for never in [*from, Status::New, Status::Acknowledged] {
                assert!(!next(*from).contains(&never), "{from} {never}");
            }
            // What has ended is opened again first.
            assert!(from.is_open() || next(*from).iter().all(|to| to.is_terminal() || *to == Status::Reopened), "{from}");
        }
    }
}
