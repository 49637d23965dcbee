import { Anchor, Button, Checkbox, FileInput, Group, Paper, Progress, Select, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { refreshFindings } from "../../api/findings";
import { useTenant } from "../../api/tenant";
import { percent } from "../../lib/format";
import { ActionButton } from "../../ui/ActionButton";
import { PageHeader } from "../../ui/PageHeader";
import { ImportOutcome } from "./ImportOutcome";
import { FORMATS, type Format, likelyFormat, size } from "./import-formats";
import { type Upload, upload } from "./upload";

/** Imports the file of a scan into the tenant, and says what became of it (FND-02). */
export function ImportPage() {
  const tenant = useTenant();
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [format, setFormat] = useState<Format | null>(null);
  const [resolvesUnobserved, setResolvesUnobserved] = useState(false);
  const [sent, setSent] = useState(0);
  const stop = useRef<AbortController | null>(null);
  const sending = useMutation({
    mutationFn: (what: Upload) => upload(what),
    onSuccess: () => refreshFindings(queries),
  });
  // Nobody could see or stop it any more.
  useEffect(() => () => stop.current?.abort(), []);
  const action = tenant.actions.find(({ action }) => action === "findings.import");
  const isReady = file !== null && format !== null;

  function send(event: FormEvent) {
    event.preventDefault();
    if (!isReady) return;
    stop.current = new AbortController();
    setSent(0);
    sending.mutate({
      tenantId: tenant.id,
      format,
      file,
      resolvesUnobserved,
      signal: stop.current.signal,
      onProgress: setSent,
    });
  }

  function choose(chosen: File | null) {
    setFile(chosen);
    sending.reset();
    if (chosen) setFormat(likelyFormat(chosen.name) ?? format);
  }

  return (
    <>
      <PageHeader
        section={tenant.name}
        title="Import findings"
        lead="The file of one scan, as the tool wrote it. Importing it again changes nothing."
      />
      <Stack gap="lg" maw={860}>
        <Paper withBorder p="md" component="form" onSubmit={send}>
          <Stack gap="md" align="flex-start">
            <FileInput
              label="File"
              placeholder="Choose a file"
              clearable
              clearButtonProps={{ "aria-label": "Clear" }}
              value={file}
              onChange={choose}
              disabled={sending.isPending}
              w="100%"
              maw={420}
            />
            <Select
              label="Format"
              placeholder="Choose one"
              data={[...FORMATS]}
              value={format}
              onChange={(value) => setFormat(FORMATS.find((known) => known.value === value)?.value ?? null)}
              disabled={sending.isPending}
              w="100%"
              maw={420}
            />
            <Checkbox
              label="Resolve open findings that the scan does not contain any more"
              description="Only of checks that it looked at. They are marked in any case."
              checked={resolvesUnobserved}
              onChange={({ currentTarget }) => setResolvesUnobserved(currentTarget.checked)}
              disabled={sending.isPending}
            />
            {sending.isPending ? (
              <Sending sent={sent} total={file?.size ?? 0} onCancel={() => stop.current?.abort()} />
            ) : (
              <ActionButton
                type="submit"
                state={
                  action?.allowed && !isReady
                    ? { ...action, allowed: false, reason: "Choose a file and its format." }
                    : action
                }
              >
                {`Import into ${tenant.name}`}
              </ActionButton>
            )}
          </Stack>
        </Paper>
        <ImportOutcome
          report={sending.data}
          hasResolved={sending.variables?.resolvesUnobserved === true}
          error={sending.error}
          wasSent={file !== null && sent >= file.size}
        />
        <Anchor
          renderRoot={(props) => (
            <Link to="/admin/tenants/$tenantId/findings" params={{ tenantId: String(tenant.id) }} {...props} />
          )}
          underline="always"
        >
          All findings
        </Anchor>
      </Stack>
    </>
  );
}

interface SendingProps {
  sent: number;
  total: number;
  onCancel: () => void;
}

/** How far the upload is; what the server does with it afterwards takes as long as it takes. */
function Sending({ sent, total, onCancel }: SendingProps) {
  const fraction = total > 0 ? Math.min(1, sent / total) : 1;
  return (
    <Stack gap="xs" w="100%">
      <Progress value={fraction * 100} size="lg" aria-label="Progress of the upload" animated={fraction >= 1} />
      <Group justify="space-between">
        <Text role="status">
          {fraction < 1
            ? `${percent(fraction)} · ${size(Math.min(sent, total))} of ${size(total)}`
            : "The file is there. It is being read and applied."}
        </Text>
        <Button variant="default" size="xs" onClick={onCancel}>
          Cancel the upload
        </Button>
      </Group>
    </Stack>
  );
}
