import { writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { folderFor } from "@portcullis/testkit";
import { runBench } from "./bench.js";
import { type BenchOptions, parseOptions, USAGE } from "./bench-options.js";
import { createUsers } from "./bench-users.js";
import { runCodecBench } from "./codec-bench.js";
import { buildLoadgen } from "./load/build-loadgen.js";
import { summarise } from "./report/summary.js";
import { renderReport } from "./report/table.js";
import { createSubjects, SUBJECT_NAMES } from "./subjects/create-subjects.js";
import { HomeServer } from "./subjects/home-server.js";

const USERS = 50_000;
/** Their passwords are hashed before the product is ready. */
const LOCAL_USERS = 64;
const CODEC = "codec";
const LOCAL_PASSWORD = "correct horse battery staple";

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}

function title({ runs, durationSeconds }: BenchOptions): string {
  const machine = `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? "an unknown processor"}`;
  const users = USERS.toLocaleString("en-US");
  return `Portcullis beside FreeRADIUS: ${machine}; ${users} users; ${runs === 1 ? "one run" : `${runs} runs`} of up to ${durationSeconds} s`;
}

/** Everything is, unless `--only` names something else. */
function isWanted({ only }: BenchOptions, name: string): boolean {
  return only.length === 0 || only.includes(name);
}

async function main(options: BenchOptions): Promise<void> {
  const folder = folderFor("bench", undefined);
  const home = await HomeServer.start();
  try {
    if (isWanted(options, CODEC)) say("measuring the codec");
    const codec = isWanted(options, CODEC) ? runCodecBench() : [];
    const users = {
      codes: createUsers(folder.path, "user", USERS),
      passwords: createUsers(folder.path, "local", LOCAL_USERS),
    };
    const setting = { users, localPassword: LOCAL_PASSWORD, home };
    const subjects = createSubjects(setting, (name) => isWanted(options, name));
    const runs =
      subjects.length === 0
        ? []
        : await runBench(subjects, { ...setting, program: await buildLoadgen() }, options, say);
    const summaries = summarise(runs);
    process.stdout.write(renderReport({ title: title(options), codec, summaries }));
    if (options.json !== undefined) {
      writeFileSync(
        options.json,
        `${JSON.stringify({ title: title(options), codec, summaries, runs }, undefined, 2)}\n`,
      );
    }
  } finally {
    await home.stop();
    folder.dispose();
  }
}

try {
  await main(parseOptions(process.argv.slice(2), [CODEC, ...SUBJECT_NAMES]));
} catch (error) {
  const usage = error instanceof RangeError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS") === true;
  say(usage ? `${(error as Error).message}\n${USAGE}` : String((error as Error).stack));
  process.exitCode = usage ? 2 : 1;
}
