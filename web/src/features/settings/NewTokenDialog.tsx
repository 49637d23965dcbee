import { Button, Checkbox, Code, CopyButton, Group, Modal, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../api/client";
import type { Plane } from "../../api/plane";
import { type ApiProblem, asProblem, fieldMessage } from "../../api/problem";
import { FormButtons } from "../../ui/FormButtons";
import { ProblemState } from "../../ui/ProblemState";
import { toast } from "../../ui/toast";
import { useIdempotencyKey } from "../../ui/use-idempotency-key";
import { capabilitiesQuery, PATHS, tokensQuery } from "./queries";

interface Props {
  plane: Plane;
  isOpen: boolean;
  onClose: () => void;
}

/** Makes a token and shows its text, which is shown nowhere else. */
export function NewTokenDialog({ plane, isOpen, onClose }: Props) {
  const [secret, setSecret] = useState<string | null>(null);

  function close() {
    setSecret(null);
    onClose();
  }

  function lose() {
    toast("The token is made, but its text was lost", "Revoke it and make another: the text is shown once.");
    close();
  }

  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={secret ? "The token is made" : "Make an API token"}
      size="lg"
      closeOnClickOutside={false}
      transitionProps={{ duration: 0 }}
    >
      {secret ? (
        <Secret text={secret} onClose={close} />
      ) : (
        <NewTokenForm plane={plane} onMade={setSecret} onLost={lose} onClose={close} />
      )}
    </Modal>
  );
}

interface FormProps {
  plane: Plane;
  onMade: (secret: string) => void;
  /** The token is there, and the one answer that had its text did not arrive. */
  onLost: () => void;
  onClose: () => void;
}

function NewTokenForm({ plane, onMade, onLost, onClose }: FormProps) {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const [days, setDays] = useState<number | string>(90);
  const capabilities = useQuery(capabilitiesQuery(plane));
  const key = useIdempotencyKey();
  const create = api.useMutation("post", PATHS[plane].tokens);
  const problem = create.error ? asProblem(create.error) : null;
  const offered = capabilities.data?.items.filter((item) => !item.is_always_included) ?? [];

  async function send(event: FormEvent) {
    event.preventDefault();
    const always = capabilities.data?.items.filter((item) => item.is_always_included).map((item) => item.name) ?? [];
    const body = { name, capabilities: [...always, ...chosen], expires_in_days: Number(days) };
    const params = { header: { "Idempotency-Key": key.of(body) } };
    const made = await create.mutateAsync({ params, body }).catch(() => null);
    if (!made) return;
    if (made.secret) onMade(made.secret);
    else onLost();
    await queries.invalidateQueries({ queryKey: tokensQuery(plane).queryKey });
  }

  return (
    <form onSubmit={(event) => void send(event)}>
      <Stack gap="sm">
        <TextInput
          label="Name"
          description="What uses it, so that you know later whether it is still needed."
          maxLength={100}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={fieldMessage(problem, "/name")}
        />
        {capabilities.isError && (
          <ProblemState error={capabilities.error} onRetry={() => void capabilities.refetch()} />
        )}
        <Checkbox.Group label="May do" value={chosen} onChange={setChosen} error={capabilitiesError(problem)}>
          <Stack gap={6} mt={6}>
            {offered.map((item) => (
              <Checkbox key={item.name} value={item.name} label={item.name} description={item.description} />
            ))}
          </Stack>
        </Checkbox.Group>
        <NumberInput
          label="Days until it ends"
          description="1 to 365."
          min={1}
          max={365}
          allowDecimal={false}
          value={days}
          onChange={setDays}
          error={fieldMessage(problem, "/expires_in_days")}
        />
        {problem && !problem.errors?.length && <ProblemState error={create.error} />}
        <FormButtons
          word="Make the token"
          isBusy={create.isPending}
          isDisabled={!capabilities.data}
          onClose={onClose}
        />
      </Stack>
    </form>
  );
}

/** The first message about any of them. */
function capabilitiesError(problem: ApiProblem | null): string | undefined {
  return problem?.errors?.find((error) => error.pointer.startsWith("/capabilities"))?.message;
}

function Secret({ text, onClose }: { text: string; onClose: () => void }) {
  return (
    <Stack gap="sm">
      <Text>
        This is its text. Copy it now to where the program keeps its secrets: it is kept nowhere here and is not shown
        again.
      </Text>
      <Code block data-testid="secret" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {text}
      </Code>
      <Group justify="flex-end" gap="xs">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}
