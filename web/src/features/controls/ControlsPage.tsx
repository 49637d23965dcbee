import { PageHeader } from "../../ui/PageHeader";

export function ControlsPage() {
  return <PageHeader title="ControlsPage" />;
}
