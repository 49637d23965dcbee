import { Paper, Table, Text, Title } from "@mantine/core";
import type { TelemetrySummary, Window } from "../../api/schema";
import { count, plural } from "../../lib/format";
import { Figure } from "../../ui/Figure";
import { Sparkline } from "../../ui/Sparkline";
import classes from "./dashboard.module.css";
import { titleOf, wordsOf } from "./dashboard-search";
import { change, figuresOf, pointTime, stepOf } from "./telemetry";

interface Props {
  window: Window;
  summary: TelemetrySummary;
}

/** What customers' users made of the product: figures only, each with how it went and the window before. */
export function ProductTelemetry({ window, summary }: Props) {
  const figures = figuresOf(summary);
  const step = stepOf(summary.trend);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="telemetry" className={classes.measured}>
      <Title order={2} id="telemetry">
        Product telemetry
      </Title>
      <Text mb="xs">
        {summary.total_events === 0
          ? `No telemetry recorded in ${titleOf(window)}.`
          : `${plural(summary.total_events, "event")} in ${wordsOf(window)}.`}
      </Text>
      <dl className={`${classes.figures} ${classes.usage}`}>
        {figures.map(({ label, value, before, of }) => {
          const values = summary.trend.map(of);
          const most = count(Math.max(0, ...values));
          return (
            <Figure
              key={label}
              label={label}
              value={count(value)}
              note={
                <>
                  {change(value, before)}
                  <Sparkline values={values} label={`${label} by the ${step}: ${most} at most`} />
                </>
              }
            />
          );
        })}
      </dl>
      <details className={classes.details}>
        <summary>The same as a table</summary>
        <TrendTable summary={summary} step={step} />
      </details>
    </Paper>
  );
}

function TrendTable({ summary, step }: { summary: TelemetrySummary; step: string }) {
  const figures = figuresOf(summary);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the page has to be reachable by keyboard
    <section className={classes.wide} tabIndex={0} aria-label={`Product telemetry by the ${step}`}>
      <Table aria-label={`Product telemetry by the ${step}`}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">From (UTC)</Table.Th>
            {figures.map(({ label }) => (
              <Table.Th key={label} scope="col" className={classes.number}>
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {summary.trend.map((point) => (
            <Table.Tr key={point.bucket_start}>
              <Table.Th scope="row">{pointTime(point, step)}</Table.Th>
              {figures.map(({ label, of }) => (
                <Table.Td key={label} className={classes.number}>
                  {count(of(point))}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
