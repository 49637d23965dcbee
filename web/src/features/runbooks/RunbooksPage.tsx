import { PageHeader } from "../../ui/PageHeader";

export function RunbooksPage() {
  return <PageHeader title="RunbooksPage" />;
}
