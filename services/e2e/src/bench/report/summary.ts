import type { LoadResult } from "../load/run-loadgen.js";
import type { Run } from "../measure.js";
import type { EventLoopDelay } from "../scrape.js";
import type { WorkloadName } from "../subject.js";

/** The medians of all runs of one subject with one workload; each figure has its own median. Losses are summed up. */
export interface Summary {
  readonly subject: string;
  readonly workload: WorkloadName;
  readonly inFlight: number;
  readonly runs: number;
  readonly loginsPerSecond: number;
  readonly slowest: number;
  readonly fastest: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMsPerLogin: Readonly<Record<string, number>>;
  readonly loadgenCpuMsPerLogin: number;
  readonly stageMsPerLogin: Readonly<Record<string, number>>;
  readonly eventLoopDelayMs: EventLoopDelay | undefined;
  readonly lost: number;
  readonly rejected: number;
  /** Replies that failed verification, or of a kind that the round does not expect. */
  readonly bad: number;
}

/** In the order in which the combinations first ran. */
export function summarise(runs: readonly Run[]): Summary[] {
  const groups = Map.groupBy(runs, (run) => `${run.workload} ${run.inFlight} ${run.subject}`);
  return [...groups.values()].map(summaryOf);
}

function summaryOf(runs: readonly Run[]): Summary {
  const { subject, workload, inFlight } = runs[0] as Run;
  const rates = runs.map(({ load }) => load.loginsPerSecond);
  const delays = runs.map((run) => run.eventLoopDelayMs).filter((delay) => delay !== undefined);
  const total = (count: (part: LoadResult | LoadResult["warmup"]) => number) =>
    runs.reduce((sum, { load }) => sum + count(load) + count(load.warmup), 0);
  return {
    subject,
    workload,
    inFlight,
    runs: runs.length,
    loginsPerSecond: median(rates),
    slowest: Math.min(...rates),
    fastest: Math.max(...rates),
    p50Ms: median(runs.map(({ load }) => load.loginMs.p50)),
    p99Ms: median(runs.map(({ load }) => load.loginMs.p99)),
    cpuMsPerLogin: medians(runs.map((run) => run.cpuMsPerLogin)),
    loadgenCpuMsPerLogin: median(runs.map(({ load }) => (load.cpuSeconds * 1_000) / Math.max(1, load.accepts))),
    stageMsPerLogin: medians(runs.map((run) => run.stageMsPerLogin)),
    eventLoopDelayMs: delays.length === 0 ? undefined : medians(delays.map((delay) => ({ ...delay }))),
    lost: total(({ lost }) => lost),
    rejected: total(({ rejects }) => rejects),
    bad: total(({ badReplies, unexpectedCodes }) => badReplies + unexpectedCodes),
  };
}

/** The median of each entry over all records. An entry that a record lacks counts as 0. */
function medians<Name extends string>(records: readonly Readonly<Record<Name, number>>[]): Record<Name, number> {
  const names = new Set(records.flatMap((record) => Object.keys(record) as Name[]));
  const entries = [...names].map((name) => [name, median(records.map((record) => record[name] ?? 0))]);
  return Object.fromEntries(entries) as Record<Name, number>;
}

/** The middle one, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[sorted.length / 2 - 1] ?? Number.NaN) + upper) / 2;
}
