import { constants, type FileHandle, open } from "node:fs/promises";
import { resolve } from "node:path";
import type { Result } from "@portcullis/kit";
import type { SecretInput } from "./schema/secret-schema.js";

const MAX_SECRET_FILE_BYTES = 64 * 1024;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Gets the text of secrets from where they are kept. A file is read once, however many secrets name it. */
export class SecretSource {
  readonly #files = new Map<string, Promise<Result<string, string>>>();

  /** @param folder that of the configuration file, which relative paths start from */
  constructor(
    private readonly folder: string,
    private readonly env: Environment,
  ) {}

  /** @returns the text, or what is wrong: which file or variable and why, never what is in it */
  async read(input: SecretInput): Promise<Result<string, string>> {
    if (typeof input === "string") return { ok: true, value: input };
    return "fromEnv" in input ? this.#readVariable(input.fromEnv) : this.#readFile(input.fromFile);
  }

  #readVariable(name: string): Result<string, string> {
    const value = Object.hasOwn(this.env, name) ? this.env[name] : undefined;
    return value === undefined
      ? { ok: false, failure: `the environment variable ${name} is not set` }
      : { ok: true, value };
  }

  #readFile(path: string): Promise<Result<string, string>> {
    const absolute = resolve(this.folder, path);
    const known = this.#files.get(absolute);
    if (known !== undefined) return known;
    const reading = readSmallFile(absolute, MAX_SECRET_FILE_BYTES).then<Result<string, string>>((read) =>
      read.ok
        ? { ok: true, value: read.value.replace(/\r?\n$/, "") }
        : { ok: false, failure: `the file ${path} ${read.failure}` },
    );
    this.#files.set(absolute, reading);
    return reading;
  }
}

/**
 * Reads a regular file of UTF-8 text, BOM dropped, whole.
 * @returns the text, or a phrase that follows the file's name: `does not exist`
 */
export async function readSmallFile(path: string, maxBytes: number): Promise<Result<string, string>> {
  try {
    await using handle = await openRegularFile(path);
    const stat = await handle.stat();
    if (stat.size > maxBytes) return { ok: false, failure: `is larger than ${maxBytes} bytes` };
    const bytes = await handle.readFile();
    if (bytes.length > maxBytes) return { ok: false, failure: `is larger than ${maxBytes} bytes` };
    return { ok: true, value: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    return { ok: false, failure: fileTrouble(error) };
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
