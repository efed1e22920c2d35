import { type Check, type DoctorContext, type Finding, LEVELS, type Level } from "./check.js";

export interface CheckReport {
  readonly check: string;
  /** Empty when there was nothing to check. */
  readonly findings: readonly Finding[];
}

const CHECK_LIMIT_MS = 15_000;

/** Runs all checks beside each other. @returns their findings, in the order of the checks; never rejects */
export function runChecks(checks: readonly Check[], context: DoctorContext): Promise<CheckReport[]> {
  return Promise.all(checks.map(async (check) => ({ check: check.name, findings: await findingsOf(check, context) })));
}

/** @returns the worst level of all findings */
export function worstOf(reports: readonly CheckReport[]): Level {
  const ranks = reports.flatMap(({ findings }) => findings.map(({ level }) => LEVELS.indexOf(level)));
  return LEVELS[Math.max(0, ...ranks)] ?? "ok";
}

async function findingsOf(check: Check, context: DoctorContext): Promise<readonly Finding[]> {
  const limitMs = check.limitMs ?? CHECK_LIMIT_MS;
  const late = Promise.withResolvers<readonly Finding[]>();
  const timer = setTimeout(() => late.resolve([tooLate(limitMs)]), limitMs);
  try {
    return await Promise.race([check.run(context), late.promise]);
  } catch (error) {
    return [failed(error)];
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(limitMs: number): Finding {
  return {
    level: "error",
    what: `This check did not end within ${limitMs / 1_000} seconds.`,
    todo: "Run it again. When it is late again, something that it asks accepts connections and does not answer.",
  };
}

/** The error's message stays out: what it quotes is not known here. */
function failed(error: unknown): Finding {
  const name = error instanceof Error ? error.name : typeof error;
  return {
    level: "error",
    what: `This check failed by a fault of its own (${name}).`,
    todo: "Please report it, with the command that you gave.",
  };
}
