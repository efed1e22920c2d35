import { DEAD_LETTERS_KEPT_MS, type KeyFile } from "@portcullis/kit";

/**
 * How long after its retirement a key is kept for what stands in topics, their dead letters and pending state: of all that is
 * sealed and not sealed again, dead letters are kept longest.
 */
export const KEPT_AFTER_RETIREMENT_MS = DEAD_LETTERS_KEPT_MS;

export type KeyState =
  | { readonly state: "active" }
  /** Opens; has sealed nothing yet. */
  | { readonly state: "added" }
  /** Sealed once, opens still. */
  | { readonly state: "retired"; readonly removableAtMs: number }
  /** Not the active one, and the file does not say since when: somebody wrote it by hand. */
  | { readonly state: "unknown" };

export interface KeyInFile {
  readonly id: number;
  readonly state: KeyState;
}

/** The keys of a file in the order of their ids. */
export function keysOf(file: KeyFile): readonly KeyInFile[] {
  return Object.keys(file.sealing)
    .map(Number)
    .sort((one, other) => one - other)
    .map((id) => ({ id, state: stateOf(file, id) }));
}

function stateOf(file: KeyFile, id: number): KeyState {
  if (file.active === id) return { state: "active" };
  const { added, activated, retired } = file.times?.[id] ?? {};
  if (retired !== undefined) return { state: "retired", removableAtMs: Date.parse(retired) + KEPT_AFTER_RETIREMENT_MS };
  return added !== undefined && activated === undefined ? { state: "added" } : { state: "unknown" };
}

/** What a rotation does next. One that was begun is brought to its end before another begins. */
export type Step =
  | { readonly step: "add" }
  | { readonly step: "activate"; readonly id: number }
  | { readonly step: "remove"; readonly ids: readonly number[] };

export function nextStep(file: KeyFile): Step {
  const keys = keysOf(file);
  const added = keys.findLast(({ state }) => state.state === "added");
  if (added !== undefined) return { step: "activate", id: added.id };
  const old = keys.filter(({ state }) => state.state !== "active").map(({ id }) => id);
  return old.length > 0 ? { step: "remove", ids: old } : { step: "add" };
}
