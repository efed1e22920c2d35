import { rmSync } from "node:fs";

/**
 * What must not outlive this process: its children and their temporary folders.
 * A child leads a process group of its own, so that Ctrl-C reaches it only through us; the whole group is ended here.
 * When this process is killed with SIGKILL nothing of this runs: then the kernel ends the children (see spawn-tied.ts).
 */
const groups = new Set<number>();
const folders = new Set<string>();
let listening = false;

export function registerGroup(pid: number): void {
  listen();
  groups.add(pid);
}

/** To be called when the leader has ended: from then on its number may belong to somebody else. */
export function forgetGroup(pid: number): void {
  groups.delete(pid);
}

export function registerFolder(path: string): void {
  listen();
  folders.add(path);
}

export function forgetFolder(path: string): void {
  folders.delete(path);
}

function listen(): void {
  if (listening) return;
  listening = true;
  process.once("exit", endLeftovers);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) endOn(signal);
}

/** Keeps the default of a signal, which a listener would otherwise take away. With other listeners the end is theirs. */
function endOn(signal: NodeJS.Signals): void {
  const onSignal = () => {
    if (process.listenerCount(signal) > 1) return;
    endLeftovers();
    process.removeListener(signal, onSignal);
    process.kill(process.pid, signal);
  };
  process.on(signal, onSignal);
}

function endLeftovers(): void {
  for (const pid of groups) {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // ESRCH: it ended by itself in this very moment.
    }
  }
  groups.clear();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  folders.clear();
}
