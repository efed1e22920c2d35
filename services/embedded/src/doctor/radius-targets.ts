import { Secret } from "@portcullis/configuration";
import { z } from "zod";

const radiusTarget = z.object({
  name: z.string(),
  type: z.literal("radius"),
  servers: z.array(
    z.object({
      address: z.string(),
      port: z.number().default(1812),
      secret: z.custom<Secret>((value) => value instanceof Secret),
      requireMessageAuthenticator: z.enum(["yes", "no", "auto"]).default("auto"),
    }),
  ),
});

/** A target that is asked by RADIUS, with its servers in their order. */
export type RadiusTarget = z.infer<typeof radiusTarget>;
export type RadiusTargetServer = RadiusTarget["servers"][number];

/** The targets of type `radius`. */
export function radiusTargetsOf(targets: readonly unknown[]): RadiusTarget[] {
  return targets.map((target) => radiusTarget.safeParse(target).data).filter((target) => target !== undefined);
}
