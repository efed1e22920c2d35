import { open, rename, rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import type { ColumnName } from "./user-columns.js";
import type { UserRow } from "./user-row.js";

/** It may hold passwords, PINs and seeds. */
const NEW_FILE_MODE = 0o600;
const CHUNK_LENGTH = 64 * 1024;

/** Writes a file of users beside its place, with its mode, and puts it there once it is durable. */
export async function writeUsersCsv(
  path: string,
  columns: readonly ColumnName[],
  rows: Iterable<UserRow>,
): Promise<void> {
  const mode = await stat(path).then(
    (before) => before.mode & 0o777,
    () => NEW_FILE_MODE,
  );
  const written = `${path}.${process.pid}.new`;
  const handle = await open(written, "wx", mode);
  try {
    try {
      await handle.writeFile(Readable.from(textOf(columns, rows)));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(written, path);
  } catch (error) {
    await rm(written, { force: true });
    throw error;
  }
}

function* textOf(columns: readonly ColumnName[], rows: Iterable<UserRow>): Generator<string> {
  let text = `${columns.join(",")}\n`;
  for (const row of rows) {
    text += `${columns.map((column) => cellOf(row[column] ?? "")).join(",")}\n`;
    if (text.length < CHUNK_LENGTH) continue;
    yield text;
    text = "";
  }
  yield text;
}

/** RFC 4180. */
function cellOf(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
