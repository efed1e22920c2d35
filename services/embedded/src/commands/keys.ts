import { createKeyFile } from "@portcullis/kit";
import { Command } from "commander";
import {
  askKeys,
  askUses,
  fingerprintsOf,
  type InstallationOptions,
  type KeyInstallation,
  openInstallation,
  readFile,
} from "../keys/installation.js";
import { keysOf, nextStep } from "../keys/key-state.js";
import { resealAll } from "../keys/reseal.js";
import { rotate } from "../keys/rotate.js";
import { activateKey, addKey, momentOf, removeKey } from "../keys/steps.js";
import { CommandError } from "../terminal/fail.js";
import { table } from "../terminal/table.js";

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const NEVER_ROTATE =
  "The keys of digests and of the audit's chain do not rotate: what they made could not be found or checked again.";

export function keysCommand(): Command {
  const keys = new Command("keys").description(
    "the key ring: what is sealed at rest and in events, and how its keys are changed",
  );
  for (const command of [create(), list(), rotation(), add(), activate(), reseal(), remove()]) keys.addCommand(command);
  return keys;
}

function create(): Command {
  return new Command("create")
    .description("write a new key ring (mode 0600) for all services of a distributed installation")
    .argument("<file>")
    .action((file: string) => {
      try {
        createKeyFile(file);
      } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "";
        throw new CommandError(
          code === "EEXIST"
            ? `${file} is there already. Whoever overwrites a key ring loses everything that it sealed.`
            : `${file} cannot be written (${code}).`,
        );
      }
      say(`${file} has a new key ring. Keep it secret, and keep a copy.`);
    });
}

/** What all the other commands need to know. */
function on(command: Command): Command {
  return command
    .option("--data <folder>", "data folder of an embedded product")
    .option("--file <file>", "the key ring of a distributed installation")
    .option("--url <url>", "internal interface of a running process; once for each replica of each service", collect)
    .option("--api-key-file <file>", "file with the key for it")
    .option("--stopped", "no process of the distributed installation runs");
}

const collect = (url: string, before: readonly string[] = []): readonly string[] => [...before, url];

/** Runs a step on an installation, and lets it go again. */
async function within<Result>(
  options: InstallationOptions,
  step: (installation: KeyInstallation) => Promise<Result> | Result,
  needsProcesses = true,
): Promise<Result> {
  const installation = openInstallation(options, needsProcesses);
  try {
    return await step(installation);
  } finally {
    installation.release();
  }
}

function list(): Command {
  return on(new Command("list"))
    .description("the keys by number, what stands under each, and which processes have them; no key is shown")
    .action((options: InstallationOptions) => within(options, show, false));
}

async function show(installation: KeyInstallation): Promise<void> {
  const file = readFile(installation.file);
  const fingerprints = fingerprintsOf(installation.file);
  const [reports, uses] = await Promise.all([askKeys(installation), askUses(installation)]);
  const rows = keysOf(file).map(({ id, state }) => {
    const { added, activated, retired } = file.times?.[id] ?? {};
    const held = uses.filter(({ key }) => key === id).reduce((all, { count }) => all + count, 0);
    const having = reports.filter(({ keys }) => keys[id] === fingerprints.get(id)).length;
    const asked = installation.processes.length === 0 ? ["-", "-"] : [String(held), `${having} of ${reports.length}`];
    const times = [added, activated, retired].map((at) => (at === undefined ? "-" : momentOf(Date.parse(at))));
    return [String(id), fingerprints.get(id) ?? "", state.state, ...times, ...asked];
  });
  const header = ["KEY", "FINGERPRINT", "STATE", "ADDED", "ACTIVE SINCE", "RETIRED", "SEALED", "PROCESSES"];
  for (const line of table([header, ...rows])) say(line);
  for (const { process, trouble } of reports) if (trouble !== null) say(`${process}: ${trouble}`);
  say(NEVER_ROTATE);
}

function rotation(): Command {
  return on(new Command("rotate"))
    .description("change the sealing key: does what can be done now, and says what comes next and when")
    .action(async (options: InstallationOptions) => {
      await within(options, (installation) => rotate(installation, { say, nowMs: () => Date.now() }));
      say(NEVER_ROTATE);
    });
}

function add(): Command {
  return on(new Command("add"))
    .description("add a key that opens and does not seal yet")
    .action((options: InstallationOptions) =>
      within(
        options,
        (installation) => {
          const id = addKey(installation, Date.now());
          say(`Key ${id} was added to ${installation.file}. It opens and does not seal yet.`);
          say("Keep a copy of the file. Next, when every process has it: portcullis keys activate");
        },
        false,
      ),
    );
}

function activate(): Command {
  return on(new Command("activate"))
    .description("have a key seal from now on; refused unless every running process has it")
    .argument("[key]", "its number; the one that was added when left out")
    .action((key: string | undefined, options: InstallationOptions) =>
      within(options, async (installation) => {
        const step = nextStep(readFile(installation.file));
        if (key === undefined && step.step !== "activate")
          throw new CommandError("No key waits to be activated: portcullis keys add.");
        const id = key === undefined && step.step === "activate" ? step.id : keyNumber(key);
        await activateKey(installation, id, Date.now());
        await askKeys(installation); // Each takes the ring over now, when its file has it already.
        say(`Key ${id} seals from now on. Next: portcullis keys reseal`);
      }),
    );
}

function reseal(): Command {
  return on(new Command("reseal"))
    .description("have every service seal again, under the active key, what it keeps")
    .action((options: InstallationOptions) => within(options, (installation) => resealAll(installation, say)));
}

function remove(): Command {
  return on(new Command("remove"))
    .description("remove a key for good; refused while anything may need it")
    .argument("<key>", "its number")
    .action((key: string, options: InstallationOptions) =>
      within(options, async (installation) => {
        const id = keyNumber(key);
        await removeKey(installation, id, Date.now());
        say(
          `Key ${id} was removed. What it sealed in old backups is opened by a copy of the key ring of that time only.`,
        );
      }),
    );
}

function keyNumber(text: string | undefined): number {
  if (text === undefined || !/^[1-9]\d{0,9}$/.test(text))
    throw new CommandError(`${text} is no number of a key: portcullis keys list`);
  return Number(text);
}
