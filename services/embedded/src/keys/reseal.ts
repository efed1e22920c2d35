import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { askProduct } from "../product/running-product.js";
import { CommandError } from "../terminal/fail.js";
import { askKeys, type KeyInstallation, nameOf, readFile, sealingOtherwise } from "./installation.js";

const Counts = { what: z.string(), done: z.int(), total: z.int() };
const Part = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("done"), ...Counts, moved: z.int(), unreadable: z.int() }),
  z.object({ outcome: z.enum(["elsewhere", "waiting", "running", "unavailable", "failed", "stopped"]), ...Counts }),
]);
const Status = z.object({ running: z.boolean(), parts: z.array(Part) });
type Part = z.infer<typeof Part>;
type Status = z.infer<typeof Status>;

const LOOK_EVERY_MS = 300;
/** Millions of rows take minutes. Whoever stops waiting stops nothing, and can ask again. */
const LONGEST_MS = 3_600_000;

/** Has every process seal again what it keeps, and waits for the end. Fails with `CommandError` when something is left. */
export async function resealAll(installation: KeyInstallation, say: (line: string) => void): Promise<void> {
  const { active } = readFile(installation.file);
  if (installation.processes.length === 0) {
    throw new CommandError("Sealing again is the work of the running product: start it, then run this command again.");
  }
  const others = sealingOtherwise(await askKeys(installation), active);
  if (others.length > 0) {
    throw new CommandError(
      `Not every process seals under key ${active} yet:\n  ${others.join("\n  ")}\nRun this command again in a moment.`,
    );
  }
  const statuses: Status[] = [];
  for (const product of installation.processes) {
    await askProduct(product, "/internal/keys/reseal", "POST");
    statuses.push(await endOf(nameOf(product), () => askProduct(product, "/internal/keys/reseal"), say));
  }
  report(
    statuses.flatMap(({ parts }) => parts),
    active,
    say,
  );
}

async function endOf(process: string, ask: () => Promise<unknown>, say: (line: string) => void) {
  const endMs = performance.now() + LONGEST_MS;
  let said = "";
  while (performance.now() < endMs) {
    const status = Status.parse(await ask());
    if (!status.running) return status;
    const working = status.parts.find(({ outcome }) => outcome === "running");
    const line = working && working.total > 0 ? `${working.what}: ${working.done} of ${working.total}` : "";
    if (line !== "" && line !== said) say(line);
    said = line;
    await sleep(LOOK_EVERY_MS);
  }
  throw new CommandError(`${process} is still at work. It goes on; run this command again to see how far it is.`);
}

function report(parts: readonly Part[], active: number, say: (line: string) => void): void {
  const troubles: string[] = [];
  for (const [what, same] of Map.groupBy(parts, (part) => part.what)) {
    const done = same.filter((part) => part.outcome === "done");
    const moved = done.reduce((all, part) => all + part.moved, 0);
    const unreadable = Math.max(0, ...done.map((part) => part.unreadable));
    const worst = same.find(
      ({ outcome }) => outcome === "failed" || outcome === "unavailable" || outcome === "stopped",
    );
    if (done.length > 0) say(`${what}: ${moved} sealed again under key ${active}`);
    if (worst !== undefined && done.length === 0)
      troubles.push(`${what}: ${worst.outcome}; the log says why (keys.not_resealed)`);
    else if (done.length === 0)
      troubles.push(`${what}: no process that was asked does it; give --url of every replica`);
    if (unreadable > 0) {
      troubles.push(
        `${what}: ${unreadable} can't be opened under any key of the ring, and stay as they are; import them again`,
      );
    }
  }
  if (troubles.length > 0) throw new CommandError(`Not everything was sealed again:\n  ${troubles.join("\n  ")}`);
}
