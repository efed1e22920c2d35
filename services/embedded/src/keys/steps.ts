import { changeKeyFile, type KeyFile, KeyFileBusy, withActiveKey, withNewKey, withoutKey } from "@portcullis/kit";
import { CommandError } from "../terminal/fail.js";
import {
  askKeys,
  askUses,
  fingerprintsOf,
  type KeyInstallation,
  lacking,
  readFile,
  sealingOtherwise,
} from "./installation.js";
import { KEPT_AFTER_RETIREMENT_MS, type KeyState, keysOf } from "./key-state.js";

const DAY_MS = 86_400_000;

/** A key more. @returns its id. Refuses while another one was added that seals nothing yet. */
export function addKey({ file }: KeyInstallation, nowMs: number): number {
  const waiting = keysOf(readFile(file)).find(({ state }) => state.state === "added");
  if (waiting !== undefined) {
    throw new CommandError(
      `Key ${waiting.id} was added and is not in use yet. Go on with portcullis keys activate, or take it away with portcullis keys remove ${waiting.id}.`,
    );
  }
  const changed = change(file, (now) => withNewKey(now, nowMs));
  return Math.max(...Object.keys(changed.sealing).map(Number));
}

/** Refuses unless every process can open what the key will seal. */
export async function activateKey(installation: KeyInstallation, id: number, nowMs: number): Promise<void> {
  const { file } = installation;
  const fingerprint = fingerprintsOf(file).get(id);
  if (fingerprint === undefined) throw new CommandError(`${file} has no key ${id}.`);
  const missing = lacking(await askKeys(installation), id, fingerprint);
  if (missing.length > 0) {
    throw new CommandError(
      `Key ${id} must not seal yet: not every process can open what it seals.\n  ${missing.join("\n  ")}\nA mounted secret takes up to two minutes to reach its processes; run this command again then.`,
    );
  }
  change(file, (now) => withActiveKey(now, id, nowMs));
}

/** Takes a key away for good. Refuses while anything may need it, and says what, and until when. */
export async function removeKey(installation: KeyInstallation, id: number, nowMs: number): Promise<void> {
  const { file } = installation;
  const content = readFile(file);
  const state = keysOf(content).find((key) => key.id === id)?.state;
  if (state === undefined) throw new CommandError(`${file} has no key ${id}.`);
  const why = [...(await whyNeeded(installation, content, id)), ...untilWhen(state, nowMs)];
  if (state.state === "unknown") change(file, (now) => retiredNow(now, id, nowMs));
  if (why.length > 0) throw new CommandError(`Key ${id} is still needed:\n  ${why.join("\n  ")}`);
  change(file, (now) => withoutKey(now, id));
}

function untilWhen(state: KeyState, nowMs: number): string[] {
  const kept = `${KEPT_AFTER_RETIREMENT_MS / DAY_MS} days after it was retired`;
  switch (state.state) {
    case "active":
      return ["it is the active one"];
    case "added":
      return [];
    case "unknown":
      return [`the file does not say since when it is out of use: ${kept} count from now`];
    case "retired":
      if (state.removableAtMs <= nowMs) return [];
      return [
        `until ${momentOf(state.removableAtMs)}: topics, dead letters and pending logins may hold what it sealed (${kept})`,
      ];
  }
}

async function whyNeeded(installation: KeyInstallation, file: KeyFile, id: number): Promise<string[]> {
  if (installation.processes.length === 0) {
    return ["nobody can say what stands under it: start the product, which is asked for that"];
  }
  const others = sealingOtherwise(await askKeys(installation), file.active);
  const uses = (await askUses(installation)).filter(({ key }) => key === id);
  return [
    ...others,
    ...uses.map(({ what, count }) => `${what}: ${count} stand under it; portcullis keys reseal moves them`),
  ];
}

function retiredNow(file: KeyFile, id: number, nowMs: number): KeyFile {
  const times = { ...file.times, [id]: { ...file.times?.[id], retired: new Date(nowMs).toISOString() } };
  return { ...file, times };
}

/** Seconds are enough for people. */
export const momentOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")}Z`;

function change(path: string, how: (now: KeyFile) => KeyFile): KeyFile {
  try {
    return changeKeyFile(path, how);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (error instanceof KeyFileBusy) throw new CommandError(`${error.message} Run the command again.`);
    if (code !== "") throw new CommandError(`${path} cannot be changed (${code}); it is as it was.`);
    throw new CommandError(error instanceof Error ? error.message : String(error));
  }
}
