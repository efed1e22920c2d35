import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

const conditions = ["@portcullis/source", ...defaultServerConditions];

/** Tests run from source. `unit` needs nothing but Node; `real` starts Redis, PostgreSQL and Kafka; `e2e` and `alone` start the whole product. */
function project(name: string, include: string[], exclude: string[], timeoutMs: number) {
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      include,
      exclude,
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      server: { deps: { inline: [/^@portcullis\//] } },
    },
  };
}

const real = "services/**/src/**/*.real.test.ts";
const e2e = "services/e2e/src/**/*.e2e.test.ts";
/** Kills and floods: they need the machine to themselves, one after the other. */
const alone = ["services/e2e/src/faults/*.e2e.test.ts", "services/e2e/src/abuse/*.e2e.test.ts"];

export default defineConfig({
  test: {
    reporters: ["default", "./services/libs/tools/src/plain-reporter.mjs"],
    maxWorkers: 2,
    projects: [
      project("unit", ["services/**/src/**/*.test.ts"], [real, e2e], 20_000),
      project("real", [real], [], 120_000),
      project("e2e", [e2e], alone, 300_000),
      project("alone", alone, [], 300_000),
    ],
  },
});
