import { isDeepStrictEqual } from "node:util";
import type { Configuration, ConfigurationSource } from "@portcullis/configuration";
import type { Log } from "@portcullis/kit";

/**
 * The same file, with a warning for each change of it that would have the gateway listen elsewhere: that needs another start,
 * and an operator who has just seen a new client come into force would not expect it.
 * @param started what the gateway listens on
 */
export function watchListeners(
  file: ConfigurationSource,
  started: Configuration["radius"],
  log: Log,
): ConfigurationSource {
  let seen = 0;
  return {
    changedSince: (version) => file.changedSince(version),
    read: async () => {
      const reading = await file.read();
      const { version, result } = reading;
      if (version !== seen && result.ok && !isDeepStrictEqual(result.value.radius, started)) {
        log.warn("configuration.restart_needed", {
          path: "radius",
          hint: "Start again to listen as the file says now.",
        });
      }
      seen = version;
      return reading;
    },
  };
}
