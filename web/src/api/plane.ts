/** The two halves of the product, which share nothing but the process (ACC-01): operators' and tenants'. */
export type Plane = "system" | "tenant";

/** Which plane a path of the API belongs to. */
export function planeOf(path: string): Plane {
  return path.startsWith("/api/v1/admin/") ? "tenant" : "system";
}
