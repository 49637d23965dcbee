import { Notifications } from "@mantine/notifications";
import type { ReactNode } from "react";

/** The pages and the messages over them; inside of the router, because messages have links. */
export function WithMessages({ children }: { children: ReactNode }) {
  return (
    <>
      {children}
      <Notifications position="bottom-right" limit={4} autoClose={8_000} />
    </>
  );
}
