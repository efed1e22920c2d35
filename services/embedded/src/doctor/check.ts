import type { Configuration, ConfigurationError } from "@portcullis/configuration";
import type { Result } from "@portcullis/kit";
import type { DoctorSettings } from "../config.js";

/** From good to bad: as it should be; worth knowing; should be changed; logins fail or a door is open. */
export const LEVELS = ["ok", "hint", "warning", "error"] as const;
export type Level = (typeof LEVELS)[number];

/** What a check found, in sentences for people. Never a secret or a part of one. */
export interface Finding {
  readonly level: Level;
  readonly what: string;
  readonly why?: string;
  /** The next step; a command or a line of a file where there is one. */
  readonly todo?: string;
}

export interface LoginToTry {
  readonly user: string;
  readonly password: string;
  /** Whose target is tried; our own product when absent. */
  readonly client?: string;
}

/** What all checks look at. It is read once, before the first check runs. */
export interface DoctorContext {
  /** The configuration file, as it was named. */
  readonly file: string;
  readonly loaded: Result<Configuration, readonly ConfigurationError[]>;
  /** Data folder of an embedded product. */
  readonly data?: string;
  /** Settings of the distributed mode, where the environment has them. */
  readonly settings: DoctorSettings;
  /** Where a key that the configuration leaves to the environment (`fromEnv`) is. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly login?: LoginToTry;
}

export interface Check {
  readonly name: string;
  /** A check that takes longer is given up; `CHECK_LIMIT_MS` when absent. */
  readonly limitMs?: number;
  /** Changes nothing. No findings when there is nothing here to check. */
  run(context: DoctorContext): Promise<readonly Finding[]>;
}
