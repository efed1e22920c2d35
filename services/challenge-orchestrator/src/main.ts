import { configurationForImport } from "@portcullis/configuration";
import { readEnvironment, runService } from "@portcullis/kit";
import { openPendingStore } from "@portcullis/login";
import { challengeSettings, Environment } from "./config.js";
import { ChallengeOrchestratorModule, topics } from "./index.js";

const environment = readEnvironment(Environment, process.env);

await runService({
  name: "challenge-orchestrator",
  settings: environment,
  topics,
  modules: async (platform) => {
    const pending = await openPendingStore({ url: environment.PORTCULLIS_REDIS_URL, platform });
    const configuration = configurationForImport(environment.PORTCULLIS_CONFIG_FILE, platform.log);
    const settings = challengeSettings(environment);
    return [pending.module, ChallengeOrchestratorModule.of({ settings, configuration })];
  },
});
