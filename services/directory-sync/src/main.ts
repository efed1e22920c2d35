import { loadForImport } from "@portcullis/configuration";
import { readEnvironment, runService } from "@portcullis/kit";
import { Environment } from "./config.js";
import { DirectorySyncModule, topics } from "./index.js";

const settings = readEnvironment(Environment, process.env);

await runService({
  name: "directory-sync",
  settings,
  topics,
  modules: async ({ log }) => [
    DirectorySyncModule.of({ configuration: await loadForImport(settings.PORTCULLIS_CONFIG_FILE, log) }),
  ],
});
