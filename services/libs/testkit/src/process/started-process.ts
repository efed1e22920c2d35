import type { ChildProcess } from "node:child_process";
import { createWriteStream, type WriteStream } from "node:fs";
import { basename } from "node:path";
import { eventually } from "../eventually.js";
import { OutputTail } from "./output-tail.js";
import { forgetGroup, registerGroup } from "./process-registry.js";
import { spawnTied } from "./spawn-tied.js";

export interface ProcessOptions {
  readonly command: string;
  readonly args?: readonly string[];
  /** Added to PATH, HOME, JAVA_HOME and the locale; nothing else of this process's environment is handed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** For messages; the command's own name when absent. */
  readonly name?: string;
  /** The system user to run as; needs root. */
  readonly user?: string;
  /**
   * A line of output that says "ready", or a probe that is tried until it neither throws nor gives false; it is told the
   * process id, so that it does not take somebody else's answer for ours. At once when absent.
   */
  readonly readyWhen?: RegExp | ((pid: number) => Promise<unknown>);
  readonly readyTimeoutMs?: number;
  readonly stopSignal?: NodeJS.Signals;
  /** How long `stop()` waits before it kills. */
  readonly stopTimeoutMs?: number;
  /** Everything printed is appended here. */
  readonly logFile?: string;
  /** How many of the last lines of output are kept. */
  readonly tailLines?: number;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** True when `stop()` had to kill. */
  readonly forced: boolean;
}

const DEFAULT_READY_TIMEOUT_MS = 30_000;
const DEFAULT_STOP_TIMEOUT_MS = 15_000;
const DEFAULT_TAIL_LINES = 400;
const PROBE_EVERY_MS = 20;
const INHERITED = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "JAVA_HOME"];

/** One run of the command, from its start to its exit. */
interface Run {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly exit: Promise<ProcessExit>;
  ended: ProcessExit | undefined;
}

/** A supervised child process that can be stopped, killed and started again with the same command. */
export class StartedProcess implements AsyncDisposable {
  readonly name: string;
  readonly #options: ProcessOptions;
  readonly #tail: OutputTail;
  readonly #log: WriteStream | undefined;
  #run: Run | undefined;

  /** Not for callers: `startProcess` is. */
  constructor(options: ProcessOptions) {
    this.#options = options;
    this.name = options.name ?? basename(options.command);
    this.#tail = new OutputTail(options.tailLines ?? DEFAULT_TAIL_LINES);
    this.#log = options.logFile === undefined ? undefined : createWriteStream(options.logFile, { flags: "a" });
    this.#tail.onLine((line) => void this.#log?.write(`${line}\n`));
  }

  get running(): boolean {
    return this.#run !== undefined && this.#run.ended === undefined;
  }

  /** The process id of the present run; fails when none is running. */
  get pid(): number {
    return this.#current().pid;
  }

  /** Resolves when the present run ends, whoever ends it. */
  get exit(): Promise<ProcessExit> {
    if (this.#run === undefined) throw new Error(`${this.name} was never started`);
    return this.#run.exit;
  }

  /** The last lines of standard output and standard error, over all runs. */
  output(): readonly string[] {
    return this.#tail.lines();
  }

  /** Called for each line printed from now on. @returns the function that ends it */
  onLine(listener: (line: string) => void): () => void {
    return this.#tail.onLine(listener);
  }

  /** Starts the command and waits until it is ready. Fails with the end of its output; then nothing is left running. */
  async start(): Promise<void> {
    if (this.running) throw new Error(`${this.name} is running already`);
    const ready = this.#readiness();
    const run = this.#spawn();
    this.#run = run;
    try {
      await eventually(() => ready.probe(run.pid), {
        what: `${this.name} (process ${run.pid}) becomes ready`,
        timeoutMs: this.#options.readyTimeoutMs ?? DEFAULT_READY_TIMEOUT_MS,
        everyMs: PROBE_EVERY_MS,
        giveUp: () => (run.ended === undefined ? undefined : `it ended with ${describeExit(run.ended)}`),
      });
    } catch (error) {
      if (this.running) await this.kill();
      throw new Error(`${(error as Error).message}; its last output:\n${this.#tail.excerpt()}`, { cause: error });
    } finally {
      ready.dispose();
    }
  }

  /** Asks it to end (`stopSignal`), and kills it when it has not after `stopTimeoutMs`. Nothing when it has ended. */
  async stop(): Promise<ProcessExit> {
    const run = this.#run;
    if (run === undefined) throw new Error(`${this.name} was never started`);
    if (run.ended !== undefined) return run.ended;
    run.child.kill(this.#options.stopSignal ?? "SIGTERM");
    let forced = false;
    const timer = setTimeout(() => {
      forced = true;
      run.child.kill("SIGKILL");
    }, this.#options.stopTimeoutMs ?? DEFAULT_STOP_TIMEOUT_MS);
    const exit = await run.exit;
    clearTimeout(timer);
    return { ...exit, forced };
  }

  /** SIGKILL to exactly this process, and waits for its end. */
  async kill(): Promise<ProcessExit> {
    const run = this.#current();
    run.child.kill("SIGKILL");
    return run.exit;
  }

  /** Any other signal: SIGSTOP and SIGCONT make it hang and go on. */
  signal(signal: NodeJS.Signals): void {
    this.#current().child.kill(signal);
  }

  /** Stops it when it is running, starts it again, and waits until it is ready. */
  async restart(): Promise<void> {
    if (this.running) await this.stop();
    await this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.running) await this.stop();
    this.#log?.end();
  }

  #current(): Run {
    if (this.#run === undefined || this.#run.ended !== undefined) throw new Error(`${this.name} is not running`);
    return this.#run;
  }

  #spawn(): Run {
    const { command, args = [], cwd, user } = this.#options;
    const child = spawnTied({ command, args, cwd, user, env: this.#environment() });
    child.stdout?.on("data", this.#tail.input());
    child.stderr?.on("data", this.#tail.input());
    const pid = child.pid;
    const { promise, resolve } = Promise.withResolvers<ProcessExit>();
    const run: Run = { child, pid: pid ?? 0, exit: promise, ended: undefined };
    const finish = (code: number | null, signal: NodeJS.Signals | null) => {
      if (run.ended !== undefined) return;
      if (pid !== undefined) forgetGroup(pid);
      run.ended = { code, signal, forced: false };
      resolve(run.ended);
    };
    child.once("error", (error) => {
      this.#tail.append(`cannot start ${command}: ${error.message}`);
      finish(null, null);
    });
    child.once("exit", finish);
    if (pid !== undefined) registerGroup(pid);
    return run;
  }

  #environment(): NodeJS.ProcessEnv {
    const inherited = INHERITED.map((name) => [name, process.env[name]] as const);
    return { ...Object.fromEntries(inherited.filter(([, value]) => value !== undefined)), ...this.#options.env };
  }

  #readiness(): { probe: (pid: number) => Promise<unknown>; dispose: () => void } {
    const { readyWhen } = this.#options;
    if (!(readyWhen instanceof RegExp)) return { probe: readyWhen ?? (async () => true), dispose: () => undefined };
    let seen = false;
    const dispose = this.#tail.onLine((line) => {
      seen ||= readyWhen.test(line);
    });
    return { probe: async () => seen, dispose };
  }
}

/** Starts a process that ends with this one at the latest, and waits until it is ready. */
export async function startProcess(options: ProcessOptions): Promise<StartedProcess> {
  const started = new StartedProcess(options);
  await started.start();
  return started;
}

function describeExit({ code, signal }: ProcessExit): string {
  return signal === null ? `code ${code}` : `signal ${signal}`;
}
