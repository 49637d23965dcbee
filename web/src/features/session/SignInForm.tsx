import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import type { Plane } from "../../api/plane";
import { type ApiProblem, fieldMessage } from "../../api/problem";
import { duration } from "../../lib/format";
import type { Me } from "./planes";
import { signIn } from "./queries";

interface Props {
  plane: Plane;
  /** Fixed address, where only the password is asked for again. */
  email?: string;
  onSignedIn: (me: Me) => void | Promise<void>;
}

/** Asks for address and password. After a refusal the address stays; throttled, it says when to try again. */
export function SignInForm({ plane, email: fixedEmail, onSignedIn }: Props) {
  const [email, setEmail] = useState(fixedEmail ?? "");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [wait, setWait] = useCountdown();

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    const result = await signIn(plane, email, password);
    setBusy(false);
    if ("me" in result) return onSignedIn(result.me);
    setProblem(result.problem);
    setWait(result.retryAfterSeconds ?? 0);
    if (result.problem.code === "invalid-credentials") setPassword("");
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {problem && (
          <Alert variant="default" role="alert" title={problem.title}>
            {problem.detail}
            {wait > 0 && ` Try again in ${duration(wait)}.`}
          </Alert>
        )}
        <TextInput
          label="Email"
          type="email"
          name="email"
          autoComplete="username"
          required
          withAsterisk={false}
          value={email}
          readOnly={fixedEmail !== undefined}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={fieldMessage(problem, "/email")}
          data-autofocus={fixedEmail === undefined || undefined}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={fieldMessage(problem, "/password")}
          data-autofocus={fixedEmail !== undefined || undefined}
        />
        <Button type="submit" loading={busy} disabled={wait > 0} mt="xs">
          Sign in
        </Button>
      </Stack>
    </form>
  );
}

/** Seconds that run down to 0. */
function useCountdown(): [number, (seconds: number) => void] {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  return [left, setLeft];
}
