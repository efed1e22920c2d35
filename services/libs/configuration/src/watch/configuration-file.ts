import { type Log, ok, type Result } from "@portcullis/kit";
import type { Configuration } from "../configuration.js";
import { type ConfigurationError, formatErrors } from "../configuration-error.js";
import { loadConfiguration } from "../load-configuration.js";
import type { Environment } from "../secrets/secret-source.js";
import { stampOf, stampsOf } from "./file-stamps.js";

/** How long a changed file must stay as it is before it counts: whoever writes it in place may be half-way. */
const SETTLE_MS = 1_000;

/** What the file said when it was read. */
export interface ConfigurationReading {
  /** Another number each time that the file was read. */
  readonly version: number;
  readonly result: Result<Configuration, readonly ConfigurationError[]>;
}

/** Where importers have the configuration from. */
export interface ConfigurationSource {
  /** The configuration as it is now. */
  read(): Promise<ConfigurationReading>;
  /** Whether there is another one than that of `version`, and nobody is writing it just now. */
  changedSince(version: number): Promise<boolean>;
}

export interface ConfigurationFileOptions {
  /** What `fromEnv` looks into. */
  readonly env: Environment;
  readonly log: Log;
}

/**
 * `portcullis.yaml` and the files it refers to, watched by looking. It is read once for each change, however many ask;
 * a reading that is wrong is logged once, with the same text as `portcullis run --check` prints.
 */
export class ConfigurationFile implements ConfigurationSource {
  readonly #path: string;
  readonly #options: ConfigurationFileOptions;
  #last: ConfigurationReading | undefined;
  /** Of every file that the last reading looked at, taken before it was read. */
  #stamps = new Map<string, string>();
  #reading: Promise<ConfigurationReading> | undefined;
  /** Stamps that differ from those of the last reading, and since when they are these. */
  #unsettled: { readonly stamps: string; readonly sinceMs: number } | undefined;

  constructor(path: string, options: ConfigurationFileOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** For a process that cannot begin with a wrong file: nothing is logged, the errors are the caller's. */
  static async open(
    path: string,
    options: ConfigurationFileOptions,
  ): Promise<Result<{ file: ConfigurationFile; configuration: Configuration }, readonly ConfigurationError[]>> {
    const file = new ConfigurationFile(path, options);
    const { result } = await file.#load();
    return result.ok ? ok({ file, configuration: result.value }) : result;
  }

  read(): Promise<ConfigurationReading> {
    this.#reading ??= this.#readAnew().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async changedSince(version: number): Promise<boolean> {
    if (this.#last === undefined || this.#last.version !== version) return true;
    const stamps = await stampsOf([...this.#stamps.keys()]);
    if (stamps === this.#lastStamps()) {
      this.#unsettled = undefined;
      return false;
    }
    const nowMs = performance.now();
    if (this.#unsettled?.stamps !== stamps) this.#unsettled = { stamps, sinceMs: nowMs };
    return nowMs - this.#unsettled.sinceMs >= SETTLE_MS;
  }

  async #readAnew(): Promise<ConfigurationReading> {
    if (this.#last !== undefined && (await stampsOf([...this.#stamps.keys()])) === this.#lastStamps())
      return this.#last;
    const reading = await this.#load();
    if (!reading.result.ok) {
      this.#options.log.error("configuration.refused", { errors: formatErrors(reading.result.failure) });
    }
    return reading;
  }

  async #load(): Promise<ConfigurationReading> {
    const stamps = new Map<string, string>();
    const onFile = async (path: string): Promise<void> => void stamps.set(path, await stampOf(path));
    const result = await loadConfiguration(this.#path, { env: this.#options.env, onFile });
    this.#stamps = stamps;
    this.#unsettled = undefined;
    this.#last = { version: (this.#last?.version ?? 0) + 1, result };
    return this.#last;
  }

  #lastStamps(): string {
    return [...this.#stamps.values()].join("\n");
  }
}
