import { constants, type FileHandle, open } from "node:fs/promises";
import { fail, ok, type Result } from "@portcullis/kit";

/**
 * Reads a regular file of UTF-8 text, BOM dropped, whole.
 * @returns the text, or a phrase that follows the file's name: `does not exist`
 */
export async function readSmallFile(path: string, maxBytes: number): Promise<Result<string, string>> {
  try {
    const handle = await openRegularFile(path);
    try {
      if ((await handle.stat()).size > maxBytes) return fail(`is larger than ${maxBytes} bytes`);
      const bytes = await handle.readFile();
      return ok(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } finally {
      await handle.close();
    }
  } catch (error) {
    return fail(fileTrouble(error));
  }
}

/** Throws what `fileTrouble` tells, for a pipe or a folder too. */
export async function openRegularFile(path: string): Promise<FileHandle> {
  // O_NONBLOCK: opening a pipe that nobody writes to must not wait for ever.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new NotARegularFile();
}

class NotARegularFile extends Error {}

/** Why a file could not be read, without the path and content that the system's message may hold. */
export function fileTrouble(error: unknown): string {
  if (error instanceof NotARegularFile) return "is not a regular file";
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  switch (code) {
    case "ENOENT":
      return "does not exist";
    case "EACCES":
    case "EPERM":
      return "may not be read by this process";
    case "EISDIR":
      return "is a folder";
    case "ERR_ENCODING_INVALID_ENCODED_DATA":
      return "is not UTF-8 text";
    default:
      return code === "" ? "cannot be read" : `cannot be read (${code})`;
  }
}
