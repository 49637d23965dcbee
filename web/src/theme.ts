import {
  Anchor,
  Badge,
  Button,
  type CSSVariablesResolver,
  createTheme,
  DrawerHeader,
  Modal,
  ModalHeader,
  Notification,
  Table,
  Tooltip,
} from "@mantine/core";

/** Tokens of the pages. Contrast is AA in both schemes: the default shades of links and dimmed text are not. */
export const theme = createTheme({
  primaryColor: "blue",
  primaryShade: { light: 8, dark: 6 },
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  spacing: { xs: "0.5rem", sm: "0.75rem", md: "1rem", lg: "1.5rem", xl: "2rem" },
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "1.5rem" }, h2: { fontSize: "1.125rem" }, h3: { fontSize: "1rem" } },
  },
  // White on the lighter blue of the dark scheme is too faint.
  autoContrast: true,
  luminanceThreshold: 0.2,
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Anchor: Anchor.extend({ defaultProps: { underline: "hover" } }),
    Badge: Badge.extend({ defaultProps: { variant: "default", tt: "none", fw: 500 } }),
    Button: Button.extend({ defaultProps: { size: "sm" } }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        closeButtonProps: { "aria-label": "Close" },
        overlayProps: { backgroundOpacity: 0.5 },
      },
    }),
    // A page has one banner, and it is not that of a dialog.
    ModalHeader: ModalHeader.extend({ defaultProps: { role: "none" } }),
    DrawerHeader: DrawerHeader.extend({ defaultProps: { role: "none" } }),
    Notification: Notification.extend({ styles: { description: { color: "var(--mantine-color-dimmed)" } } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 8, horizontalSpacing: "sm" } }),
    Tooltip: Tooltip.extend({
      defaultProps: { withArrow: true, multiline: true, maw: 320, events: { hover: true, focus: true, touch: true } },
    }),
  },
});

/** Dimmed text dark enough to read on every surface of the pages, and filled buttons dark enough for white text. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#565e66",
    "--mantine-color-placeholder": "#68717a",
    "--mantine-color-error": "#b3261e",
  },
  dark: {
    "--mantine-color-dimmed": "#a9b0b7",
    "--mantine-color-placeholder": "#969ea6",
    "--mantine-color-error": "#ff8a80",
    "--mantine-color-blue-filled": "var(--mantine-color-blue-8)",
    "--mantine-color-blue-filled-hover": "var(--mantine-color-blue-9)",
    "--mantine-color-red-filled": "var(--mantine-color-red-9)",
    "--mantine-color-red-filled-hover": "var(--mantine-color-red-9)",
  },
});
