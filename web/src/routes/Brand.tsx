import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Plane } from "../api/plane";
import classes from "./Frame.module.css";

interface Props {
  plane: Plane;
  to: "/system" | "/admin";
  /** Whose pages these are. */
  word: string;
}

/** The product's name, which leads to the start page, and whose pages these are. */
export function Brand({ plane, to, word }: Props) {
  return (
    <Link to={to} className={classes.brand}>
      <Text span inherit visibleFrom={plane === "tenant" ? "md" : undefined}>
        TenantAtlas
      </Text>{" "}
      <span className={classes.plane} data-plane={plane}>
        {word}
      </span>
    </Link>
  );
}
