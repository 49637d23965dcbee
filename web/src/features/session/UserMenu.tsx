import { Text } from "@mantine/core";
import { useUser } from "../../api/me";
import { AccountMenu } from "./AccountMenu";

/** The user's account, with the workspaces they belong to; what they may do is told by each tenant. */
export function UserMenu() {
  const { name, email, workspaces } = useUser();
  return (
    <AccountMenu plane="tenant" name={name} email={email}>
      <div>
        <Text size="sm" c="dimmed">
          Workspaces
        </Text>
        <Text>{workspaces.length === 0 ? "None" : workspaces.map((workspace) => workspace.name).join(", ")}</Text>
      </div>
    </AccountMenu>
  );
}
