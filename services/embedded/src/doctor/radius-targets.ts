import type { RadiusTargetEntry, TargetEntry } from "@portcullis/configuration";

/** The targets of type `radius`. */
export function radiusTargetsOf(targets: readonly TargetEntry[]): RadiusTargetEntry[] {
  return targets.filter((target) => target.type === "radius");
}
