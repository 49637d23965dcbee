import { Alert, Button, Group, Text } from "@mantine/core";
import { IconFlame } from "@tabler/icons-react";
import { hashKey, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { breakGlassOpen } from "../../api/break-glass";
import { api } from "../../api/client";
import { meQuery, useOperator } from "../../api/me";
import { asProblem } from "../../api/problem";
import { duration } from "../../lib/format";
import { useNow } from "../../lib/time";
import { Time } from "../../ui/Time";
import { toast } from "../../ui/toast";

/** Says that more is allowed than usual, for how much longer, and ends it. */
export function BreakGlassBanner() {
  const { is_break_glass, break_glass_expires_at } = useOperator();
  const isOpen = is_break_glass === true;
  useEffect(() => {
    breakGlassOpen.set(isOpen);
    return () => breakGlassOpen.set(false);
  }, [isOpen]);
  if (!isOpen || !break_glass_expires_at) return null;
  return <Open until={break_glass_expires_at} />;
}

/** After the end: what was seen under break-glass is dropped, not only asked for again, since old content stays where that fails. */
async function lookAnew(queries: QueryClient) {
  const me = meQuery().queryKey;
  await queries.invalidateQueries({ queryKey: me });
  await queries.resetQueries({ predicate: (query) => query.queryHash !== hashKey(me) });
}

function Open({ until }: { until: string }) {
  const queries = useQueryClient();
  const now = useNow(1_000);
  const secondsLeft = Math.max(0, Math.round((new Date(until).getTime() - now.getTime()) / 1000));
  // Whole minutes: the banner is read aloud whenever it changes.
  const minutesLeft = Math.ceil(secondsLeft / 60);
  const end = api.useMutation("delete", "/api/v1/system/auth/break-glass", {
    onError: (error) => toast("Break-glass is still open", asProblem(error).detail),
    onSuccess: () => lookAnew(queries),
  });
  const isOver = secondsLeft === 0;
  useEffect(() => {
    if (isOver) void lookAnew(queries);
  }, [isOver, queries]);
  return (
    <Alert variant="default" color="red" icon={<IconFlame />} title="Break-glass session" mb="md" role="status">
      <Group justify="space-between" gap="sm">
        <Text span miw={0} flex="1 1 260px">
          Everything you change needs a reason and is recorded as done under break-glass. It ends by itself{" "}
          <Time value={until}>{isOver ? "now" : `in ${duration(minutesLeft * 60)}`}</Time>.
        </Text>
        <Button variant="default" size="xs" loading={end.isPending} onClick={() => end.mutate({})}>
          End break-glass
        </Button>
      </Group>
    </Alert>
  );
}
