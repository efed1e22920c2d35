import { readFile } from "node:fs/promises";
import type { Check, Finding } from "../check.js";

const LIMITS_FILE = "/proc/self/limits";
/** Stores, targets and RadSec connections take a descriptor each. */
const LEAST_FILES = 4_096;
const ADVISED_FILES = 65_536;

/** How many files and connections a process started as this one may have. */
export const openFilesCheck: Check = {
  name: "open files",
  run: async () => {
    const limits = await readFile(LIMITS_FILE, "utf8").catch(() => "");
    const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
    return hard === undefined ? [] : [openFilesFinding(hard === "unlimited" ? Number.POSITIVE_INFINITY : Number(hard))];
  },
};

/** @param hard the hard limit: Node raises the soft one up to it */
export function openFilesFinding(hard: number): Finding {
  if (hard >= LEAST_FILES) return { level: "ok", what: `A process may have ${hard.toLocaleString("en")} open files.` };
  return {
    level: "warning",
    what: `A process may have only ${hard.toLocaleString("en")} open files.`,
    why: "Each RadSec client, target and store takes one; when they are used up, connections fail.",
    todo: `Set LimitNOFILE=${ADVISED_FILES} in the systemd unit, or ulimit -n ${ADVISED_FILES} before the start.`,
  };
}
