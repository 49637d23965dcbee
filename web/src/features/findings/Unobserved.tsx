import { Badge } from "@mantine/core";
import { IconEyeOff } from "@tabler/icons-react";
import type { Finding } from "../../api/schema";
import { Time } from "../../ui/Time";

/** Says of an open finding that the newest scan that looked for it does not contain it (FND-08); nothing of others. */
export function Unobserved({ finding: { unobserved_since: since } }: { finding: Pick<Finding, "unobserved_since"> }) {
  if (!since) return null;
  return (
    <Badge variant="light" color="gray" tt="none" leftSection={<IconEyeOff size={12} />}>
      Not found <Time value={since} />
    </Badge>
  );
}
