import { parseArgs } from "node:util";

export interface BenchOptions {
  /** Lower-cased names of what is measured: "codec" and subjects; all when empty. */
  readonly only: readonly string[];
  readonly inFlight: readonly number[];
  readonly runs: number;
  readonly durationSeconds: number;
  /** Most two-round logins in a run. */
  readonly maxCodes: number;
  /** Where everything that was measured is written as JSON. */
  readonly json: string | undefined;
}

export const USAGE = `Measures Portcullis beside FreeRADIUS and prints one table.
  --quick             one run of one second each, instead of five of three seconds
  --only NAMES        codec, embedded, embedded-threads, distributed, freeradius; separated by commas
  --in-flight LIST    logins under way at a time (default 1,16,64,256)
  --runs N            runs whose median is taken
  --json FILE         all runs, as JSON
`;

const DEFAULT_IN_FLIGHT = [1, 16, 64, 256];
const MAX_IN_FLIGHT = 4_096;
const MAX_RUNS = 50;
const FULL = { runs: 5, durationSeconds: 3, maxCodes: 24_000 };
const QUICK = { runs: 1, durationSeconds: 1, maxCodes: 8_000 };

/** @returns the options, or what is wrong with them as an error */
export function parseOptions(args: readonly string[], subjectNames: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean" },
      only: { type: "string" },
      "in-flight": { type: "string" },
      runs: { type: "string" },
      json: { type: "string" },
    },
  });
  const { runs, ...limits } = values.quick === true ? QUICK : FULL;
  const only = listOf(values.only).map((name) => name.toLowerCase());
  const unknown = only.find((name) => !subjectNames.includes(name));
  if (unknown !== undefined) throw new RangeError(`--only: '${unknown}' is none of ${subjectNames.join(", ")}`);
  const inFlight = listOf(values["in-flight"]).map((text) => numberOf("--in-flight", text, MAX_IN_FLIGHT));
  return {
    only,
    inFlight: inFlight.length === 0 ? DEFAULT_IN_FLIGHT : inFlight,
    runs: values.runs === undefined ? runs : numberOf("--runs", values.runs, MAX_RUNS),
    ...limits,
    json: values.json,
  };
}

function listOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(",").map((part) => part.trim());
}

function numberOf(option: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new RangeError(`${option}: '${text}' is not a number from 1 to ${most}`);
  }
  return value;
}
