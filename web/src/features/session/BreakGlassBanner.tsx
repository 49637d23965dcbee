import { Alert, Button, Group, Text } from "@mantine/core";
import { IconFlame } from "@tabler/icons-react";
import { hashKey, type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { breakGlassOpen } from "../../api/break-glass";
import { api } from "../../api/client";
import { meQuery, useOperator } from "../../api/me";
import { asProblem } from "../../api/problem";
import { duration } from "../../lib/format";
import { useNow } from "../../lib/time";
import { Time } from "../../ui/Time";
import { toast } from "../../ui/toast";

/** While the time is over and the server has not said so yet, it is asked this often. */
const ASK_AGAIN_MILLISECONDS = 2_000;

/** Says that more is allowed than usual, for how much longer, and ends it. */
export function BreakGlassBanner() {
  const queries = useQueryClient();
  const { is_break_glass, break_glass_expires_at } = useOperator();
  const isOpen = is_break_glass === true;
  const wasOpen = useRef(isOpen);
  useEffect(() => {
    breakGlassOpen.set(isOpen);
    if (wasOpen.current && !isOpen) void forgetWhatWasSeen(queries);
    wasOpen.current = isOpen;
    return () => breakGlassOpen.set(false);
  }, [isOpen, queries]);
  if (!isOpen || !break_glass_expires_at) return null;
  return <Open until={break_glass_expires_at} />;
}

/** Whatever ended it: not only asked for again, since old content stays where that fails. */
async function forgetWhatWasSeen(queries: QueryClient) {
  const me = hashKey(meQuery().queryKey);
  await queries.resetQueries({ predicate: (query) => query.queryHash !== me });
}

function Open({ until }: { until: string }) {
  const now = useNow(1_000);
  const millisecondsLeft = new Date(until).getTime() - now.getTime();
  const isOver = millisecondsLeft <= 0;
  // The clocks of browser and server may differ.
  const { refetch } = useQuery({ ...meQuery(), refetchInterval: isOver ? ASK_AGAIN_MILLISECONDS : false });
  // Whole minutes: the banner is read aloud whenever it changes.
  const minutesLeft = Math.ceil(millisecondsLeft / 60_000);
  const end = api.useMutation("delete", "/api/v1/system/auth/break-glass", {
    onError: (error) => toast("Break-glass is still open", asProblem(error).detail),
    onSuccess: () => refetch(),
  });
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
