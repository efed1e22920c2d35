import { readEnvironment, runService } from "@portcullis/kit";
import { Environment } from "./config.js";
import { FraudReporterModule, topics } from "./index.js";

await runService({
  name: "fraud-reporter",
  settings: readEnvironment(Environment, process.env),
  topics,
  modules: () => Promise.resolve([FraudReporterModule.of()]),
});
