import { Code } from "@mantine/core";
import { words } from "../../lib/format";
import { Fact, Facts } from "../../ui/Facts";
import classes from "./findings.module.css";

/**
 * What a tool saw, in its own words. Somebody else wrote it, so it is text and nothing else: HTML, Markdown and addresses
 * in it are shown as they were written, and never rendered, loaded or made a link.
 */
export function Evidence({ value }: { value: Record<string, unknown> }) {
  const entries = Object.entries(value);
  if (entries.length === 0) return "The tool gave none.";
  return (
    <Facts isPage>
      {entries.map(([key, fact]) => (
        <Fact key={key} name={words(key)}>
          <Code block className={classes.evidence} tabIndex={0} aria-label={words(key)} role="group">
            {asText(fact)}
          </Code>
        </Fact>
      ))}
    </Facts>
  );
}

function asText(fact: unknown): string {
  if (typeof fact === "string") return fact;
  return JSON.stringify(fact, null, 2) ?? "";
}
