import { readEnvironment, runService } from "@portcullis/kit";
import { configurationOf, Environment } from "./config.js";
import { AuthnPrimaryModule, topics } from "./index.js";

const settings = readEnvironment(Environment, process.env);

await runService({
  name: "authn-primary",
  settings,
  topics,
  modules: async ({ log }) => [AuthnPrimaryModule.of({ configuration: await configurationOf(settings, log) })],
});
