import { resolve } from "node:path";
import { fail, ok, type Result } from "@portcullis/kit";
import { readSmallFile } from "../files.js";
import type { SecretInput } from "../schema/secret-schema.js";

const MAX_SECRET_FILE_BYTES = 64 * 1024;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Told of a file, by its absolute path, before it is read. */
export type OnFile = (path: string) => Promise<void>;

/** Gets the text of secrets from where they are kept. A file is read once, however many secrets name it. */
export class SecretSource {
  readonly #files = new Map<string, Promise<Result<string, string>>>();

  /** @param folder that of the configuration file, which relative paths start from */
  constructor(
    private readonly folder: string,
    private readonly env: Environment,
    private readonly onFile: OnFile,
  ) {}

  /** @returns the text, or what is wrong: which file or variable and why, never what is in it */
  async read(input: SecretInput): Promise<Result<string, string>> {
    if (typeof input === "string") return ok(input);
    return "fromEnv" in input ? this.#readVariable(input.fromEnv) : this.#readFile(input.fromFile);
  }

  #readVariable(name: string): Result<string, string> {
    const value = Object.hasOwn(this.env, name) ? this.env[name] : undefined;
    return value === undefined ? fail(`the environment variable ${name} is not set`) : ok(value);
  }

  #readFile(path: string): Promise<Result<string, string>> {
    const absolute = resolve(this.folder, path);
    const known = this.#files.get(absolute);
    if (known !== undefined) return known;
    const reading = this.#readNewFile(path, absolute);
    this.#files.set(absolute, reading);
    return reading;
  }

  async #readNewFile(path: string, absolute: string): Promise<Result<string, string>> {
    await this.onFile(absolute);
    const read = await readSmallFile(absolute, MAX_SECRET_FILE_BYTES);
    return read.ok ? ok(read.value.replace(/\r?\n$/, "")) : fail(`the file ${path} ${read.failure}`);
  }
}
