import { readEnvironment, runService } from "@portcullis/kit";
import { openPendingStore } from "@portcullis/login";
import { Environment } from "./config.js";
import { RadiusGatewayModule, topics } from "./index.js";
import { listenersOf } from "./listen-settings.js";

const settings = readEnvironment(Environment, process.env);

await runService({
  name: "radius-gateway",
  settings,
  topics,
  modules: async (platform) => {
    const pending = await openPendingStore({ url: settings.PORTCULLIS_REDIS_URL, platform });
    const gateway = RadiusGatewayModule.of({
      listen: listenersOf(settings),
      reusePort: settings.PORTCULLIS_RADIUS_REUSE_PORT === "true",
      duplicateWindowMs: settings.PORTCULLIS_DUPLICATE_WINDOW_MS,
      maxRequestsPerSecond: settings.PORTCULLIS_RADIUS_MAX_REQUESTS_PER_SECOND,
      drainDelayMs: settings.PORTCULLIS_DRAIN_DELAY_MS,
      drainGraceMs: settings.PORTCULLIS_DRAIN_GRACE_MS,
    });
    return [pending.module, gateway];
  },
});
