import { freePort } from "../free-port.js";
import { type ProcessOptions, StartedProcess } from "../process/started-process.js";
import { type Folder, folderFor } from "../process/temporary-folder.js";

export interface ServerOptions {
  /** The data folder, kept at the end. A temporary one, removed at the end, when absent. */
  readonly dir?: string;
  /** On 127.0.0.1. A free one when absent. */
  readonly port?: number;
  /** How long a start may take until the server is usable. */
  readonly readyTimeoutMs?: number;
  /** Everything the server prints is appended here. */
  readonly logFile?: string;
}

/** A real server on loopback, as a child process with its own data folder. */
export interface Server extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly dir: string;
  /** The process, for its output, its process id, or to make it hang by SIGSTOP. */
  readonly process: StartedProcess;
  /** Ends it gracefully and removes a temporary data folder. The end of this handle; may be repeated. */
  stop(): Promise<void>;
  /** SIGKILL to exactly this server; the data folder stays, and `restart()` brings it back. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data folder, after a graceful end when it runs, and waits until it is usable. */
  restart(): Promise<void>;
}

export const LOOPBACK = "127.0.0.1";
const PORT_ATTEMPTS = 3;
const PORT_TAKEN = /address already in use|EADDRINUSE|could not bind|BindException/i;

/** What one kind of server adds to a supervised process. */
export interface ServerKind {
  readonly name: string;
  readonly options: ServerOptions;
  /** Prepares the empty or existing data folder; called once, before the first start on it. */
  prepare(dir: string, port: number): Promise<void>;
  command(dir: string, port: number): ProcessOptions;
  url(port: number): string;
  /** After a SIGKILL: waits for what the process leaves behind. Gets the process id it had and its children's. */
  afterKill?(pid: number): Promise<void>;
}

/** Starts a server; when the port was found by us and somebody took it meanwhile, on another one. */
export async function startServer(kind: ServerKind): Promise<Server> {
  const folder = folderFor(kind.name, kind.options.dir);
  try {
    for (let attempt = 1; ; attempt++) {
      const port = kind.options.port ?? (await freePort());
      await kind.prepare(folder.path, port);
      const process = new StartedProcess(withDefaults(kind, folder.path, port));
      try {
        await process.start();
        return new LocalServer(kind, folder, port, process);
      } catch (error) {
        const taken = PORT_TAKEN.test((error as Error).message);
        if (!taken || kind.options.port !== undefined || attempt === PORT_ATTEMPTS) throw error;
      }
    }
  } catch (error) {
    folder.dispose();
    throw error;
  }
}

function withDefaults(kind: ServerKind, dir: string, port: number): ProcessOptions {
  const { readyTimeoutMs, logFile } = kind.options;
  return {
    name: kind.name,
    cwd: dir,
    ...(logFile === undefined ? {} : { logFile }),
    ...kind.command(dir, port),
    ...(readyTimeoutMs === undefined ? {} : { readyTimeoutMs }),
  };
}

class LocalServer implements Server {
  readonly host = LOOPBACK;
  readonly port: number;
  readonly url: string;
  readonly dir: string;
  readonly process: StartedProcess;
  readonly #kind: ServerKind;
  readonly #folder: Folder;
  #stopped = false;

  constructor(kind: ServerKind, folder: Folder, port: number, process: StartedProcess) {
    this.#kind = kind;
    this.#folder = folder;
    this.dir = folder.path;
    this.port = port;
    this.url = kind.url(port);
    this.process = process;
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.process[Symbol.asyncDispose]();
    this.#folder.dispose();
  }

  async kill(): Promise<void> {
    const { pid } = this.process;
    const left = this.#kind.afterKill?.(pid);
    await this.process.kill();
    await left;
  }

  async restart(): Promise<void> {
    if (this.#stopped) throw new Error(`${this.#kind.name} was stopped for good`);
    await this.process.restart();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
