import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client } from "../../api/client";
import { ProblemState } from "../../ui/ProblemState";
import { toast } from "../../ui/toast";
import { useSending } from "../../ui/use-sending";
import type { FormProps } from "./AlertDialogs";
import { lookAgain } from "./queries";

interface Props extends FormProps {
  noun: "rule" | "destination";
  id: number;
  /** What removing it means. */
  sentence: string;
}

const PATHS = {
  rule: "/api/v1/system/alerts/rules/{id}",
  destination: "/api/v1/system/alerts/destinations/{id}",
} as const;

/** Asks before something is removed. */
export function RemoveForm({ noun, id, sentence, onSending, onClose }: Props) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: async () => {
      const { error } = await client.DELETE(PATHS[noun], { params: { path: { id } } });
      if (error) throw error;
    },
    onSuccess: () => {
      toast(`The ${noun} is removed`, "What it has done is in the audit log.");
      lookAgain(queries);
      onClose();
    },
  });
  useSending(remove.isPending, onSending);
  return (
    <Stack gap="sm">
      <Text>{sentence}</Text>
      {remove.error && <ProblemState error={remove.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" disabled={remove.isPending} onClick={onClose}>
          Keep it
        </Button>
        <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
          Remove
        </Button>
      </Group>
    </Stack>
  );
}
