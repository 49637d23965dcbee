import { Code, List, Paper, Stack, Table, Text, Title } from "@mantine/core";
import type { ImportReport } from "../../api/schema";
import { count, plural } from "../../lib/format";
import { Figure } from "../../ui/Figure";
import { Notice } from "../../ui/Notice";
import { ProblemState } from "../../ui/ProblemState";
import classes from "./findings.module.css";
import { UploadCancelled } from "./upload";

interface Props {
  report: ImportReport | undefined;
  /** The findings that were not observed any more were to be resolved. */
  hasResolved: boolean;
  error: unknown;
  /** The whole file had left the browser. */
  wasSent: boolean;
}

/** What became of an import: what was made of the file, what was skipped and why, or why nothing was imported. */
export function ImportOutcome({ report, hasResolved, error, wasSent }: Props) {
  return (
    <div aria-live="polite">
      {report ? (
        <Report report={report} hasResolved={hasResolved} />
      ) : error ? (
        <Refused error={error} wasSent={wasSent} />
      ) : null}
    </div>
  );
}

function Refused({ error, wasSent }: { error: unknown; wasSent: boolean }) {
  if (!(error instanceof UploadCancelled)) return <ProblemState error={error} />;
  return (
    <Notice title="The upload was cancelled">
      {wasSent
        ? "The whole file had been sent, so it may have been imported all the same: look at the findings."
        : "Nothing was imported."}
    </Notice>
  );
}

function Report({ report, hasResolved }: Pick<Props, "hasResolved"> & { report: ImportReport }) {
  const { scan_already_imported: isKnown, unobserved } = report;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="import-report">
      <Stack gap="md">
        <Title order={2} id="import-report">
          {isKnown ? "This scan was imported before" : "Imported"}
        </Title>
        {isKnown && unobserved === 0 && <Text>Nothing was changed.</Text>}
        {unobserved > 0 && (
          <Text>
            {plural(unobserved, "open finding")} that the scan looked for {unobserved === 1 ? "is" : "are"} not observed
            any more{hasResolved && ` and ${unobserved === 1 ? "was" : "were"} resolved`}.
          </Text>
        )}
        <dl className={classes.figures}>
          <Figure label="Read" value={count(report.read)} />
          <Figure label="Created" value={count(report.created)} />
          <Figure label="Updated" value={count(report.updated)} />
          <Figure label="Unchanged" value={count(report.unchanged)} />
          <Figure label="Skipped" value={count(report.rejected_count)} />
        </dl>
        {report.warnings.length > 0 && (
          <Notice title="Look at this">
            <List size="md">
              {report.warnings.map(({ code, message }) => (
                <List.Item key={code + message}>
                  {message} <Code>{code}</Code>
                </List.Item>
              ))}
            </List>
          </Notice>
        )}
        {report.rejected_count > 0 && <Rejected report={report} />}
      </Stack>
    </Paper>
  );
}

/** The findings of the file that were skipped; the others were imported. */
function Rejected({ report: { rejected, rejected_count } }: { report: ImportReport }) {
  return (
    <div>
      <Text fw={600} id="rejected">
        {plural(rejected_count, "finding")} of the file {rejected_count === 1 ? "was" : "were"} skipped
        {rejected_count > rejected.length && `, the first ${count(rejected.length)} are listed`}
      </Text>
      <Table.ScrollContainer
        minWidth={320}
        maxHeight={480}
        scrollAreaProps={{ viewportProps: { tabIndex: 0, role: "group", "aria-labelledby": "rejected" } }}
      >
        <Table aria-labelledby="rejected">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col" w={72}>
                Place
              </Table.Th>
              <Table.Th scope="col">Why</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rejected.map(({ line, code, message }) => (
              <Table.Tr key={`${line} ${code} ${message}`}>
                <Table.Td>{count(line)}</Table.Td>
                <Table.Td className={classes.title}>
                  {message} <Code>{code}</Code>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </div>
  );
}
