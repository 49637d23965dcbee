import { Button, Group, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Preflight, Sample } from "../../api/schema";
import { plural, words } from "../../lib/format";
import { FIELD_WORDS, fieldChanges, variedFirst } from "./changes";
import classes from "./Differences.module.css";
import { SampleValue } from "./SampleValue";

const SHOWN_FIRST = 4;

interface Props {
  preflight: Preflight;
  /** Of its heading, below that of what is around it. */
  order: 3 | 4;
}

/** Some findings before and after, field by field (RB-04). */
export function Samples({ preflight, order }: Props) {
  const [isLong, length] = useDisclosure(false);
  const samples = variedFirst(preflight.samples);
  if (samples.length === 0) return null;
  const names = new Map(preflight.by_tenant.map((tenant) => [tenant.tenant_id, tenant.name]));
  const hidden = samples.length - SHOWN_FIRST;
  return (
    <section>
      <Group justify="space-between" mb="xs" gap="xs">
        <Title order={order} size="md">
          Samples
        </Title>
        {hidden > 0 && (
          <Button variant="default" size="xs" aria-expanded={isLong} onClick={length.toggle}>
            {isLong ? "Show fewer samples" : `Show ${plural(hidden, "more sample")}`}
          </Button>
        )}
      </Group>
      <div className={classes.samples}>
        {(isLong ? samples : samples.slice(0, SHOWN_FIRST)).map((sample) => (
          <Difference key={sample.finding_id} sample={sample} tenant={names.get(sample.tenant_id)} />
        ))}
      </div>
    </section>
  );
}

function Difference({ sample, tenant }: { sample: Sample; tenant: string | undefined }) {
  return (
    <table className={classes.diff}>
      <caption>
        Finding {sample.finding_id}{" "}
        <Text span c="dimmed">
          {tenant ?? `Tenant ${sample.tenant_id}`}
        </Text>
      </caption>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {fieldChanges(sample).map(({ field, before, after }) => (
          <tr key={field}>
            <th scope="row">{FIELD_WORDS[field] ?? words(field)}</th>
            <td>
              <del>
                <SampleValue value={before} />
              </del>
            </td>
            <td>
              <ins>
                <SampleValue value={after} />
              </ins>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
