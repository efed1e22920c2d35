import type { BenchOptions } from "./bench-options.js";
import { type MeasuredSubject, measure, type Run, type RunPlan } from "./measure.js";
import type { Subject, WorkloadName } from "./subject.js";
import { UserRanges } from "./user-ranges.js";

/** What stays the same in all runs. */
export type BenchSetting = Pick<RunPlan, "program" | "users" | "localPassword" | "home">;

interface Step {
  readonly workload: WorkloadName;
  readonly inFlight: number;
}

/** As many as keep all cores at argon2id, and a few that wait. */
const LOCAL_IN_FLIGHT = 16;
/** Processes of supplicants: with so many no core is idle. */
const SUPPLICANTS = 16;
/** The hottest paths are compiled when the measurement begins. */
const HEATING_IN_FLIGHT = 64;

/**
 * Runs all workloads against all subjects. Subjects that rest while they are idle are up together and take turns, so that a
 * machine that gets slower or faster meanwhile is so for all of them; each of the others is measured alone.
 */
export async function runBench(
  subjects: readonly Subject[],
  setting: BenchSetting,
  options: BenchOptions,
  say: (text: string) => void,
): Promise<Run[]> {
  const sessions = [
    subjects.filter(({ restsWhenIdle }) => restsWhenIdle),
    ...subjects.filter(({ restsWhenIdle }) => !restsWhenIdle).map((subject) => [subject]),
  ];
  const runs: Run[] = [];
  for (const session of sessions) runs.push(...(await runSession(session, { setting, options, say })));
  return runs;
}

interface Context {
  readonly setting: BenchSetting;
  readonly options: BenchOptions;
  readonly say: (text: string) => void;
}

async function runSession(subjects: readonly Subject[], context: Context): Promise<Run[]> {
  try {
    const started: [Subject, MeasuredSubject][] = [];
    for (const subject of subjects) started.push([subject, await startSubject(subject, context)]);
    return await takeTurns(started, context);
  } finally {
    for (const subject of subjects) await subject.stop();
  }
}

async function startSubject(subject: Subject, { setting, say }: Context): Promise<MeasuredSubject> {
  say(`starting ${subject.name}`);
  const running = await subject.start();
  return { name: subject.name, running, ranges: new UserRanges(setting.users.codes.list.length) };
}

async function takeTurns(started: readonly [Subject, MeasuredSubject][], context: Context): Promise<Run[]> {
  const { setting, options, say } = context;
  const runs: Run[] = [];
  const { durationSeconds, maxCodes } = options;
  const turn = (measured: MeasuredSubject, step: Step) =>
    measure(measured, { ...setting, ...step, durationSeconds, maxCodes });
  for (const [{ workloads }, measured] of started) {
    say(`warming up ${measured.name}`);
    for (const workload of workloads) {
      await turn(measured, { workload, inFlight: workload === "peap" ? SUPPLICANTS : HEATING_IN_FLIGHT });
    }
  }
  for (let pass = 1; pass <= options.runs; pass++) {
    for (const step of stepsOf(options)) {
      for (const [{ workloads }, measured] of started) {
        if (!workloads.includes(step.workload)) continue;
        const run = await turn(measured, step);
        runs.push(run);
        say(`run ${pass} of ${options.runs}: ${described(run)}`);
      }
    }
  }
  return runs;
}

/** The runs that take codes stand apart, so that few of them wait for the next code. */
function stepsOf({ inFlight }: BenchOptions): Step[] {
  return [
    ...inFlight.flatMap((count) => [
      { workload: "pap" as const, inFlight: count },
      { workload: "totp" as const, inFlight: count },
      { workload: "proxied" as const, inFlight: count },
    ]),
    { workload: "peap", inFlight: SUPPLICANTS },
    { workload: "local", inFlight: LOCAL_IN_FLIGHT },
  ];
}

function described({ subject, workload, inFlight, load }: Run): string {
  return `${subject}, ${workload}, ${inFlight} in flight: ${load.loginsPerSecond.toFixed(0)}/s`;
}
