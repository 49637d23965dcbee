import { Alert } from "@mantine/core";
import { IconFlame } from "@tabler/icons-react";
import { useOperator } from "../../api/me";
import { Time } from "../../ui/Time";

/** Says that more is allowed than usual, and until when. */
export function BreakGlassBanner() {
  const operator = useOperator();
  if (!operator.is_break_glass) return null;
  return (
    <Alert variant="default" color="red" icon={<IconFlame />} title="Break-glass session" mb="md" role="status">
      Everything you do needs a reason and is recorded as done under break-glass. It ends{" "}
      {operator.break_glass_expires_at ? <Time value={operator.break_glass_expires_at} /> : "by itself"}.
    </Alert>
  );
}
