import { isDeepStrictEqual } from "node:util";
import type { Configuration, ConfigurationSource } from "@portcullis/configuration";
import type { Log } from "@portcullis/kit";

/**
 * The same file, with a warning for each change of it that would have us listen elsewhere: that needs another start,
 * and an operator who has just seen a new client come into force would not expect it.
 * @param started what is listened on
 */
export function watchListeners(
  file: ConfigurationSource,
  started: Pick<Configuration, "radius" | "http">,
  log: Log,
): ConfigurationSource {
  let seen = 0;
  return {
    changedSince: (version) => file.changedSince(version),
    read: async () => {
      const reading = await file.read();
      const { version, result } = reading;
      for (const path of version !== seen && result.ok ? (["radius", "http"] as const) : []) {
        if (!result.ok || isDeepStrictEqual(result.value[path], started[path])) continue;
        log.warn("configuration.restart_needed", { path, hint: "Start again to listen as the file says now." });
      }
      seen = version;
      return reading;
    },
  };
}
