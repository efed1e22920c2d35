import { readFileSync } from "node:fs";
import { childrenOf } from "@portcullis/testkit";

/** The unit of /proc/PID/stat, which Linux shows the same on all its machines. */
const TICKS_PER_SECOND = 100;
const MAX_PROCESSES = 1_000;

/** Seconds of processor that the processes of each kind have used so far, with all children, those that have ended too. */
export function cpuSeconds(pids: ReadonlyMap<string, readonly number[]>): Map<string, number> {
  return new Map([...pids].map(([kind, roots]) => [kind, roots.reduce((sum, pid) => sum + cpuSecondsOfTree(pid), 0)]));
}

function cpuSecondsOfTree(root: number): number {
  const open = [root];
  let ticks = 0;
  for (let seen = 0; open.length > 0 && seen < MAX_PROCESSES; seen++) {
    const pid = open.pop() as number;
    ticks += ticksOf(pid);
    open.push(...childrenOf(pid));
  }
  return ticks / TICKS_PER_SECOND;
}

/** utime, stime, and what ended children have used (cutime, cstime): fields 14 to 17 of proc(5). */
function ticksOf(pid: number): number {
  try {
    // "pid (name) state ...", where the name may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  } catch {
    // It ended between the two looks; its parent's cutime has it now.
    return 0;
  }
}
