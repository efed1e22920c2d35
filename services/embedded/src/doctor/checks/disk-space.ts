import { access, constants, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Check, Finding } from "../check.js";

const MEBIBYTE = 1_048_576;
/** Below this the database may fail to write at any moment. */
const LEAST_BYTES = 100 * MEBIBYTE;
/** The audit grows for good. */
const ADVISED_BYTES = 1_024 * MEBIBYTE;

/** Room for the data folder of an embedded product, and the right to write it. */
export const diskSpaceCheck: Check = {
  name: "disk space",
  run: async ({ data }) => {
    if (data === undefined) return [];
    const folder = await nearestFolder(resolve(data));
    const writable = await access(folder, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (!writable) {
      const todo = "Let the product's user own it, or give another folder: --data FOLDER.";
      return [{ level: "error", what: `${folder} may not be written by this user.`, todo }];
    }
    const { bavail, bsize } = await statfs(folder);
    return [diskSpaceFinding(bavail * bsize, folder)];
  },
};

export function diskSpaceFinding(freeBytes: number, folder: string): Finding {
  const free = `${Math.floor(freeBytes / MEBIBYTE).toLocaleString("en")} MiB free for ${folder}`;
  if (freeBytes >= ADVISED_BYTES) return { level: "ok", what: `${free}.` };
  return {
    level: freeBytes < LEAST_BYTES ? "error" : "warning",
    what: `Only ${free}.`,
    why: "Every login is written to the audit; when the disk is full, logins fail.",
    todo: "Make room, or move the folder to a larger disk while the product is stopped.",
  };
}

/** The folder itself, or what is there of the way to it. Ends at the root. */
async function nearestFolder(path: string): Promise<string> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  const parent = dirname(path);
  return isThere || parent === path ? path : nearestFolder(parent);
}
