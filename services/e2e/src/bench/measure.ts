import { performance } from "node:perf_hooks";
import type { BenchUsers } from "./bench-users.js";
import { cpuSeconds } from "./cpu-time.js";
import { type LoadMode, type LoadResult, loginsOf, runLoadgen } from "./load/run-loadgen.js";
import { runSupplicants } from "./load/run-supplicants.js";
import { type EventLoopDelay, eventLoopDelayMs, scrape, stageSeconds } from "./scrape.js";
import { type Home, type RunningSubject, WORKLOADS, type WorkloadName } from "./subject.js";
import type { UserRanges } from "./user-ranges.js";

/** One run of the load generator against one subject, with what the server spent on it. */
export interface Run {
  readonly subject: string;
  readonly workload: WorkloadName;
  readonly inFlight: number;
  readonly load: LoadResult;
  /** Processor time of the server side by kind of process, milliseconds for each login. */
  readonly cpuMsPerLogin: Readonly<Record<string, number>>;
  /** Time that passed in each stage, milliseconds for each login. */
  readonly stageMsPerLogin: Readonly<Record<string, number>>;
  readonly eventLoopDelayMs: EventLoopDelay | undefined;
}

export interface MeasuredSubject {
  readonly name: string;
  readonly running: RunningSubject;
  readonly ranges: UserRanges;
}

export interface RunPlan {
  readonly program: string;
  readonly workload: WorkloadName;
  readonly inFlight: number;
  readonly durationSeconds: number;
  /** Ends a run of a fast server early, so that the next ones find users whose codes of this step are unused. */
  readonly maxCodes: number;
  readonly users: Readonly<Record<"codes" | "passwords", BenchUsers>>;
  readonly localPassword: string;
  readonly home: Home;
}

/** Leads into the measurement: sockets, caches and the number in flight are where they will be. */
const WARMUP_LOGINS_PER_SLOT = 20;
const MAX_WARMUP_LOGINS = 500;
const LOST_AFTER_MS = 10_000;

export async function measure(subject: MeasuredSubject, plan: RunPlan): Promise<Run> {
  const { name, running, ranges } = subject;
  const { workload, inFlight } = plan;
  const takesCodes = WORKLOADS[workload].mode === "totp";
  const firstUser = takesCodes ? await ranges.take(plan.maxCodes, plan.durationSeconds * 1_000) : 0;
  const samplesBefore = await scrape(running.metricsUrls);
  const cpuBefore = cpuSeconds(running.pids());
  const startedAt = performance.now();
  const load = await runLoad(running, plan, firstUser);
  const elapsedMs = performance.now() - startedAt;
  const cpuAfter = cpuSeconds(running.pids());
  if (takesCodes) ranges.taken(firstUser, load.nextUser);
  const samplesAfter = await scrape(running.metricsUrls);
  const logins = loginsOf(load);
  if (logins === 0) throw new Error(`${name} answered no login in ${elapsedMs.toFixed(0)} ms: ${JSON.stringify(load)}`);
  const perLogin = (seconds: ReadonlyMap<string, number>) =>
    Object.fromEntries([...seconds].map(([kind, value]) => [kind, (value * 1_000) / logins]));
  const spent = new Map([...cpuAfter].map(([kind, after]) => [kind, after - (cpuBefore.get(kind) ?? 0)]));
  return {
    subject: name,
    workload,
    inFlight,
    load,
    cpuMsPerLogin: perLogin(spent),
    stageMsPerLogin: perLogin(stageSeconds(samplesBefore, samplesAfter)),
    eventLoopDelayMs: eventLoopDelayMs(samplesAfter),
  };
}

function runLoad(running: RunningSubject, plan: RunPlan, firstUser: number): Promise<LoadResult> {
  const { mode, source } = WORKLOADS[plan.workload];
  if (mode !== "peap") return runLoadgen(loadOf(running, plan, { mode, firstUser }));
  const { servers, secret } = running;
  const { durationSeconds } = plan;
  return runSupplicants({ servers, secret, source, ...plan.home.tunnels, supplicants: plan.inFlight, durationSeconds });
}

function loadOf(running: RunningSubject, plan: RunPlan, { mode, firstUser }: { mode: LoadMode; firstUser: number }) {
  const { source, users } = WORKLOADS[plan.workload];
  const slots = users === "passwords" ? 1 : WARMUP_LOGINS_PER_SLOT;
  const warmup = Math.min(MAX_WARMUP_LOGINS, slots * plan.inFlight);
  return {
    program: plan.program,
    servers: running.servers,
    secret: running.secret,
    mode,
    source,
    firstUser,
    usersPath: plan.users[users].loadPath,
    inFlight: plan.inFlight,
    durationSeconds: plan.durationSeconds,
    warmup,
    timeoutMs: LOST_AFTER_MS,
    requireMessageAuthenticator: true,
    ...(users === "passwords" ? { password: plan.localPassword } : {}),
    ...(mode === "totp" ? { logins: plan.maxCodes - warmup } : {}),
  };
}
