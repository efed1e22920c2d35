import { PEER, WORKLOADS, type WorkloadName } from "../subject.js";
import type { CodecRow } from "./codec-row.js";
import { count, figure, type Line, layOut } from "./columns.js";
import type { Summary } from "./summary.js";
import { targetLines } from "./targets.js";

export interface Report {
  /** What was measured where, for the first line. */
  readonly title: string;
  readonly codec: readonly CodecRow[];
  readonly summaries: readonly Summary[];
}

const LOGIN_HEADER = [
  "",
  "in flight",
  "logins/s",
  "from",
  "to",
  `of ${PEER}`,
  "p50 ms",
  "p99 ms",
  "CPU ms/login",
  "lost",
  "rejected",
  "bad",
];

/** The table that `make bench` prints. */
export function renderReport({ title, codec, summaries }: Report): string {
  const lines: Line[] = [
    ...codecSection(codec),
    ...(Object.keys(WORKLOADS) as WorkloadName[]).flatMap((name) => loginSection(name, summaries)),
    ...cpuSection(summaries),
    ...stageSection(summaries),
    ...generatorSection(summaries),
    ...targetLines(codec, summaries),
  ];
  return `${title}\n${layOut(lines)}`;
}

function codecSection(rows: readonly CodecRow[]): Line[] {
  if (rows.length === 0) return [];
  const cells = rows.map(({ name, ours, theirs, ratio }) => [name, figure(ours), figure(theirs), `${figure(ratio)} x`]);
  return [{ heading: "Codec, packets/s" }, ["", "ours", "radius pkg", "ratio"], ...cells];
}

function loginSection(workload: WorkloadName, all: readonly Summary[]): Line[] {
  const rows = all.filter((summary) => summary.workload === workload);
  if (rows.length === 0) return [];
  const subjects = new Set(rows.map(({ subject }) => subject)).size;
  const lines: Line[] = [{ heading: WORKLOADS[workload].title }, LOGIN_HEADER];
  for (const [at, row] of rows.entries()) {
    const previous = rows[at - 1];
    if (subjects > 1 && previous !== undefined && previous.inFlight !== row.inFlight) lines.push([]);
    lines.push(loginCells(row, rows));
  }
  return [...lines, ...rows.flatMap(eventLoopNote)];
}

function loginCells(row: Summary, rows: readonly Summary[]): string[] {
  const cpu = Object.values(row.cpuMsPerLogin).reduce((sum, value) => sum + value, 0);
  return [
    row.subject,
    count(row.inFlight),
    count(row.loginsPerSecond),
    count(row.slowest),
    count(row.fastest),
    shareOfPeer(row, rows),
    ...[row.p50Ms, row.p99Ms, cpu].map(figure),
    ...[row.lost, row.rejected, row.bad].map(count),
  ];
}

function shareOfPeer(row: Summary, rows: readonly Summary[]): string {
  const peer = rows.find(({ subject, inFlight }) => subject === PEER && inFlight === row.inFlight);
  if (peer === undefined || row.subject === PEER) return "";
  return `${((row.loginsPerSecond / peer.loginsPerSecond) * 100).toFixed(0)} %`;
}

/** Only of the local passwords: there it shows whether hashing keeps the loop free. */
function eventLoopNote({ workload, subject, eventLoopDelayMs: delay }: Summary): Line[] {
  if (workload !== "local") return [];
  if (delay === undefined) return [{ note: `${subject} tells nothing about the delay of its event loop` }];
  const { p50, p99, max } = delay;
  const figures = `p50 ${figure(p50)}, p99 ${figure(p99)}, longest ${figure(max)} ms`;
  return [{ note: `meanwhile the event loop of ${subject} was late by ${figures}` }];
}

/** For subjects of several kinds of processes. */
function cpuSection(all: readonly Summary[]): Line[] {
  const rows = all.filter(({ cpuMsPerLogin }) => Object.keys(cpuMsPerLogin).length > 1);
  if (rows.length === 0) return [];
  const kinds = [...new Set(rows.flatMap(({ cpuMsPerLogin }) => Object.keys(cpuMsPerLogin)))];
  const cells = rows.map(({ subject, workload, inFlight, cpuMsPerLogin }) => [
    `${subject}, ${workload}`,
    count(inFlight),
    ...kinds.map((kind) => figure(cpuMsPerLogin[kind])),
  ]);
  return [{ heading: "CPU ms/login by kind of process" }, ["", "in flight", ...kinds], ...cells];
}

/** Where the machine time of a two-round login goes: time that passed, waiting included, so stages may overlap. */
function stageSection(all: readonly Summary[]): Line[] {
  const rows = all.filter(({ workload, stageMsPerLogin }) => workload === "totp" && hasEntries(stageMsPerLogin));
  return [...Map.groupBy(rows, ({ subject }) => subject)].flatMap(([subject, ofSubject]) => {
    const stages = [...new Set(ofSubject.flatMap(({ stageMsPerLogin }) => Object.keys(stageMsPerLogin)))];
    const cells = stages.map((stage) => [stage, ...ofSubject.map((row) => figure(row.stageMsPerLogin[stage]))]);
    const header = ["in flight", ...ofSubject.map(({ inFlight }) => count(inFlight))];
    return [{ heading: `Stages of a two-round login, ${subject}: ms/login, waiting included` }, header, ...cells];
  });
}

function hasEntries(record: Readonly<Record<string, number>>): boolean {
  return Object.keys(record).length > 0;
}

function generatorSection(all: readonly Summary[]): Line[] {
  const costs = all.filter(({ workload }) => workload === "totp").map((row) => row.loadgenCpuMsPerLogin);
  if (costs.length === 0) return [];
  const range = `${figure(Math.min(...costs))} to ${figure(Math.max(...costs))}`;
  return [
    { heading: "Reading it" },
    { note: "Medians of the runs, each figure of its own; from and to are the slowest and the fastest run." },
    { note: "Lost, rejected and bad are summed over all runs; each reply's authenticators are verified." },
    { note: "p50 and p99 are the machine time of whole logins: the sum of the waits for their replies." },
    { note: `The load generator on the same machine used ${range} ms of CPU for a two-round login.` },
  ];
}
