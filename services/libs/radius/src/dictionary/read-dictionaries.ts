import { constants, open } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { DictionaryError } from "./definitions.js";
import type { DictionaryBuilder, Place } from "./dictionary-builder.js";
import { DictionaryLines } from "./dictionary-lines.js";

const MAX_FILES = 512;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_LINE_LENGTH = 1_024;
/** Files included by an included file, and so on. */
const MAX_DEPTH = 16;
/** More of them have one cause. */
const MAX_ERRORS = 100;

/** Told of a file, by its absolute path, before it is read. */
export type OnDictionaryFile = (path: string) => Promise<void>;

/**
 * Reads dictionary files in FreeRADIUS' format, each once.
 *
 * The package `radius` has a parser too, which reads its own files well. It is not used for files of others: it passes over
 * what it does not understand without a word, follows `$INCLUDE` to any path, knows neither limits nor the vendor in the last
 * column, uses names as keys of plain objects (`__proto__`), and keeps all in one table of the process, the names of
 * attributes and their numbers side by side.
 *
 * `$INCLUDE <name>` takes a file of the same folder and nothing else, so that a vendor's file cannot make us read another.
 */
export class DictionaryReader {
  readonly errors: DictionaryError[] = [];
  readonly #builder: DictionaryBuilder;
  readonly #done = new Set<string>();
  /** The files that are being read, each included by the one before. */
  readonly #open: string[] = [];

  readonly #onFile: OnDictionaryFile;

  constructor(builder: DictionaryBuilder, onFile: OnDictionaryFile) {
    this.#builder = builder;
    this.#onFile = onFile;
  }

  async read(path: string): Promise<void> {
    const trouble = await this.#readFile(resolve(path));
    if (trouble !== undefined) this.errors.push({ file: path, message: `the file ${trouble}` });
  }

  /** @returns why the file itself cannot be read, as the end of a sentence; what is wrong inside goes into `errors` */
  async #readFile(path: string): Promise<string | undefined> {
    if (this.#open.includes(path)) return "includes itself";
    if (this.#done.has(path)) return undefined;
    if (this.#done.size >= MAX_FILES) return `is one more than the ${MAX_FILES} that may be read`;
    if (this.#open.length >= MAX_DEPTH) return `is included more than ${MAX_DEPTH} deep`;
    this.#done.add(path);
    await this.#onFile(path);
    const text = await textOf(path);
    if (typeof text !== "string") return text.trouble;
    this.#open.push(path);
    await this.#takeLines(path, text);
    this.#open.pop();
    return undefined;
  }

  async #takeLines(file: string, text: string): Promise<void> {
    const lines = new DictionaryLines(this.#builder);
    let line = 0;
    for (const written of text.split("\n")) {
      line += 1;
      const message = await this.#takeLine(lines, written, { file, line });
      if (message !== undefined) this.errors.push({ file, line, message });
      if (this.errors.length >= MAX_ERRORS) return;
    }
    const unfinished = lines.end();
    if (unfinished !== undefined) this.errors.push({ file, line, message: unfinished });
  }

  async #takeLine(lines: DictionaryLines, written: string, place: Place): Promise<string | undefined> {
    if (written.length > MAX_LINE_LENGTH) return `the line is longer than ${MAX_LINE_LENGTH} characters`;
    const words = written
      .replace(/#.*/, "")
      .split(/\s+/)
      .filter((word) => word !== "");
    if (words.length === 0) return undefined;
    return words[0]?.toUpperCase() === "$INCLUDE" ? this.#include(words, place.file) : lines.take(words, place);
  }

  async #include([, name = "", ...more]: readonly string[], from: string): Promise<string | undefined> {
    const inFolder = name !== "" && name !== ".." && basename(name) === name && !name.includes("\\");
    if (!inFolder || more.length > 0) return "$INCLUDE takes the name of a file in the same folder";
    const trouble = await this.#readFile(join(dirname(from), name));
    return trouble === undefined ? undefined : `the file ${name} ${trouble}`;
  }
}

/** The text of a regular file, octets that are no UTF-8 replaced: names are ASCII, comments may be anything. */
async function textOf(path: string): Promise<string | { readonly trouble: string }> {
  try {
    // O_NONBLOCK: opening a pipe that nobody writes to must not wait for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const about = await file.stat();
      if (!about.isFile()) return { trouble: "is not a regular file" };
      if (about.size > MAX_FILE_BYTES) return { trouble: `is larger than ${MAX_FILE_BYTES} bytes` };
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    return { trouble: code === "ENOENT" ? "does not exist" : `cannot be read (${code})` };
  }
}
