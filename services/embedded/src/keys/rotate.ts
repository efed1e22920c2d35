import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../terminal/fail.js";
import { askKeys, fingerprintsOf, type KeyInstallation, lacking, readFile } from "./installation.js";
import { keysOf, nextStep } from "./key-state.js";
import { resealAll } from "./reseal.js";
import { activateKey, addKey, momentOf, removeKey } from "./steps.js";

export interface RotateParts {
  readonly say: (line: string) => void;
  readonly nowMs: () => number;
}

/** Processes read the file when they are asked: where they have the same file, the key is there at once. */
const PATIENCE_MS = 10_000;
const ASK_EVERY_MS = 1_000;

/**
 * Goes as far as it can: adds a key, has it seal, has everything sealed again, removes the old key. What must wait is left
 * with a word on what comes next; called again it goes on there, also after it was interrupted anywhere.
 */
export async function rotate(installation: KeyInstallation, parts: RotateParts): Promise<void> {
  const { say } = parts;
  let step = nextStep(readFile(installation.file));
  if (step.step === "add") {
    const id = addKey(installation, parts.nowMs());
    say(
      `1 of 4: key ${id} was added to ${installation.file}; it opens and does not seal yet. Keep a copy of the file.`,
    );
    step = { step: "activate", id };
  }
  if (step.step === "activate") {
    const { id } = step;
    if (!(await everyoneHas(installation, id))) {
      say(
        `2 of 4: key ${id} waits until every process has it. Bring the file to all of them, then run this command again.`,
      );
    }
    await activateKey(installation, id, parts.nowMs());
    say(`2 of 4: key ${id} seals from now on`);
  }
  await resealIfRunning(installation, say);
  await removeOld(installation, parts);
}

async function everyoneHas(installation: KeyInstallation, id: number): Promise<boolean> {
  const fingerprint = fingerprintsOf(installation.file).get(id);
  for (const endMs = performance.now() + PATIENCE_MS; ; await sleep(ASK_EVERY_MS)) {
    if (lacking(await askKeys(installation), id, fingerprint).length === 0) return true;
    if (performance.now() >= endMs) return false;
  }
}

async function resealIfRunning(installation: KeyInstallation, say: RotateParts["say"]): Promise<void> {
  if (installation.processes.length === 0) {
    say("3 of 4: the product does not run. Start it and run this command again: it seals again what it keeps.");
    return;
  }
  await resealAll(installation, say);
  say("3 of 4: everything that is kept is sealed under the new key");
}

async function removeOld(installation: KeyInstallation, { say, nowMs }: RotateParts): Promise<void> {
  for (const { id, state } of keysOf(readFile(installation.file))) {
    if (state.state === "active" || state.state === "added") continue;
    if (state.state === "retired" && state.removableAtMs > nowMs()) {
      say(
        `4 of 4: key ${id} is kept until ${momentOf(state.removableAtMs)} for what waits in topics and dead letters. Run this command again then.`,
      );
      continue;
    }
    try {
      await removeKey(installation, id, nowMs());
      say(`4 of 4: key ${id} was removed`);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      say(`4 of 4: ${error.message}\nRun this command again when that is done.`);
    }
  }
}
