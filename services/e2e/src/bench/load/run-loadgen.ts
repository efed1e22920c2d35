import { execFile } from "node:child_process";
import { promisify } from "node:util";

export type LoadMode = "pap" | "totp";

/** One run of the load generator; `loadgen --help` explains the limits. */
export interface Load {
  readonly program: string;
  /** HOST:PORT, logins go round over all. */
  readonly servers: readonly string[];
  readonly secret: string;
  /** Lines of name, tabulator, base32 secret. */
  readonly usersPath: string;
  readonly mode: LoadMode;
  readonly inFlight: number;
  /** The address to send from. */
  readonly source?: string;
  readonly password?: string;
  readonly firstUser?: number;
  readonly logins?: number;
  readonly durationSeconds?: number;
  readonly warmup?: number;
  readonly sockets?: number;
  readonly retransmitMs?: number;
  readonly timeoutMs?: number;
  readonly requireMessageAuthenticator?: boolean;
  readonly wrongCode?: boolean;
}

/** Milliseconds. */
interface Times {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

interface Counts {
  /** Every login ends in one of these four. */
  readonly accepts: number;
  readonly rejects: number;
  readonly lost: number;
  readonly unexpectedCodes: number;
  readonly challenges: number;
  /** Replies that failed verification; the login goes on waiting. */
  readonly badReplies: number;
  readonly strayReplies: number;
  readonly retransmissions: number;
  readonly socketErrors: number;
}

/** The line that the program prints; the real test holds it to this. */
export interface LoadResult extends Counts {
  readonly endedBy: string;
  readonly nextUser: number;
  readonly elapsedSeconds: number;
  readonly loginsPerSecond: number;
  readonly loginMs: Times;
  readonly passwordRoundMs: Times;
  readonly codeRoundMs: Times;
  /** Of the load generator itself. */
  readonly cpuSeconds: number;
  readonly warmup: Counts;
}

const RUN_TIMEOUT_MS = 300_000;

/** Runs the load generator to its end. Fails when it could not start or took longer than five minutes. */
export async function runLoadgen(load: Load): Promise<LoadResult> {
  const { stdout } = await promisify(execFile)(load.program, argumentsOf(load), { timeout: RUN_TIMEOUT_MS });
  return JSON.parse(stdout) as LoadResult;
}

/** Logins that ended, in whatever way, the warm-up included: what the server's work is shared out over. */
export function loginsOf(result: LoadResult): number {
  return [result, result.warmup].reduce((sum, part) => sum + part.accepts + part.rejects + part.unexpectedCodes, 0);
}

function argumentsOf(load: Load): string[] {
  const values = {
    "--secret": load.secret,
    "--users": load.usersPath,
    "--mode": load.mode,
    "--in-flight": load.inFlight,
    "--source": load.source,
    "--password": load.password,
    "--first-user": load.firstUser,
    "--logins": load.logins,
    "--duration": load.durationSeconds,
    "--warmup": load.warmup,
    "--sockets": load.sockets,
    "--retransmit-ms": load.retransmitMs,
    "--timeout-ms": load.timeoutMs,
  };
  return [
    ...load.servers.flatMap((server) => ["--server", server]),
    ...Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)])),
    ...(load.requireMessageAuthenticator === true ? ["--require-ma"] : []),
    ...(load.wrongCode === true ? ["--wrong-code"] : []),
  ];
}
