import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { forgetFolder, registerFolder } from "./process-registry.js";

export interface Folder {
  readonly path: string;
  /** Removes a temporary folder with all that is in it; an explicit one is kept. */
  dispose(): void;
}

/** The explicit folder, created when absent and kept at the end; without one a new temporary folder, removed at the end. */
export function folderFor(name: string, explicit: string | undefined): Folder {
  if (explicit !== undefined) {
    const path = resolve(explicit);
    mkdirSync(path, { recursive: true });
    return { path, dispose: () => undefined };
  }
  const path = mkdtempSync(join(tmpdir(), `portcullis-${name}-`));
  registerFolder(path);
  const dispose = () => {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    forgetFolder(path);
  };
  return { path, dispose };
}
