import { Select } from "@mantine/core";

interface Props<T extends string> {
  label: string;
  options: readonly { value: T; label: string }[];
  value: T | undefined;
  onChange: (value: T | undefined) => void;
}

/** Narrows a list to one value of a closed set, or to any. */
export function FilterSelect<T extends string>({ label, options, value, onChange }: Props<T>) {
  return (
    <Select
      label={label}
      placeholder="Any"
      clearable
      clearButtonProps={{ "aria-label": "Clear" }}
      data={[...options]}
      value={value ?? null}
      onChange={(chosen) => onChange(options.find((option) => option.value === chosen)?.value)}
      comboboxProps={{ width: "max-content", position: "bottom-start" }}
    />
  );
}
