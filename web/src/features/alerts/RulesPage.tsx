import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { EmptyState } from "../../ui/EmptyState";
import { QueryState } from "../../ui/QueryState";
import { AlertDialogs } from "./AlertDialogs";
import { AlertsHeader } from "./AlertsHeader";
import classes from "./alerts.module.css";
import { rulesQuery } from "./queries";
import { RemoveForm } from "./RemoveForm";
import { RuleCard } from "./RuleCard";
import { EditRule, NewRule } from "./RuleForms";

const route = getRouteApi("/system/settings/alerts/rules");

/** Which events are told to whom (ALR-01). */
export function RulesPage() {
  const rules = useQuery(rulesQuery());
  const { id } = route.useSearch();
  const rule = rules.data?.items.find((one) => one.id === id);
  return (
    <>
      <AlertsHeader
        title="Rules"
        lead="Which events are told, where to, and when not."
        actions={
          <Button
            renderRoot={(props) => (
              <Link to="/system/settings/alerts/rules" search={{ dialog: "new" }} resetScroll={false} {...props} />
            )}
          >
            New rule…
          </Button>
        }
      />
      <QueryState query={rules} skeleton={<Skeleton h={240} />}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="Nobody is told of anything yet">
              Make a destination first, then a rule that says what is told there.
            </EmptyState>
          ) : (
            <div className={classes.cards}>
              {items.map((each) => (
                <RuleCard key={each.id} rule={each} />
              ))}
            </div>
          )
        }
      </QueryState>
      <AlertDialogs
        page="/system/settings/alerts/rules"
        titles={{ new: "New rule", edit: "Change rule", remove: `Remove ${rule?.name ?? "rule"}?` }}
      >
        {{
          new: (form) => <NewRule {...form} />,
          edit: (form, about) => <EditRule {...form} id={about} />,
          remove: (form, about) => (
            <RemoveForm
              {...form}
              noun="rule"
              id={about}
              sentence="It tells of nothing any more. What it has sent stays on record."
            />
          ),
        }}
      </AlertDialogs>
    </>
  );
}
