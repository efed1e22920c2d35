import { readEnvironment, runService } from "@portcullis/kit";
import { Environment } from "./config.js";
import { NotifierModule, topics } from "./index.js";

await runService({
  name: "notifier",
  settings: readEnvironment(Environment, process.env),
  topics,
  modules: () => Promise.resolve([NotifierModule.of()]),
});
