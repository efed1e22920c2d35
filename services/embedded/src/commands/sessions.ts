import { Command } from "commander";
import { z } from "zod";
import { askProduct, type RunningProduct } from "../product/running-product.js";
import { table } from "../terminal/table.js";

const Octets = z.string().regex(/^\d{1,20}$/);

const Session = z.object({
  client: z.string(),
  nas: z.string(),
  sessionId: z.string(),
  userName: z.string(),
  station: z.string(),
  calledStation: z.string(),
  framedAddress: z.string(),
  class: z.string(),
  sourceAddress: z.string(),
  startedAt: z.iso.datetime(),
  heardAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  endedBy: z.string(),
  seconds: z.int(),
  inputOctets: Octets,
  outputOctets: Octets,
});
type Session = z.infer<typeof Session>;

const Answer = z.object({ openCount: z.int(), open: z.array(Session), closed: z.array(Session) });

interface SessionsOptions extends RunningProduct {
  readonly user?: string;
  readonly limit?: string;
  readonly json?: true;
}

export function sessionsCommand(): Command {
  return new Command("sessions")
    .description(
      "list the sessions that RADIUS clients told of by accounting: the open ones, and those that ended last",
    )
    .option("--data <folder>", "data folder of an embedded product")
    .option("--url <url>", "internal interface of fraud-reporter (distributed)")
    .option("--api-key-file <file>", "file with the key for it")
    .option("--user <name>", "of this user only, in any form of the name")
    .option("--limit <number>", "the most of either kind, 1 to 1000; 100 when left out")
    .option("--json", "all that is known, as JSON")
    .action(sessions);
}

async function sessions({ user, limit, json, ...product }: SessionsOptions): Promise<void> {
  const query = new URLSearchParams({
    ...(user === undefined ? {} : { user }),
    ...(limit === undefined ? {} : { limit }),
  });
  const answer = Answer.parse(await askProduct(product, `/internal/sessions?${query.toString()}`));
  process.stdout.write(json ? `${JSON.stringify(answer, undefined, 2)}\n` : textOf(answer));
}

function textOf({ openCount, open, closed }: z.infer<typeof Answer>): string {
  if (open.length === 0 && closed.length === 0) {
    return "No sessions: no client has told of any by accounting, or not of this user.\n";
  }
  const shown = openCount > open.length ? `, of which ${open.length} are shown` : "";
  const header = ["USER", "CLIENT", "NAS", "ADDRESS", "STATION", "STARTED", "IN", "OUT"];
  const openLines = table([[...header, "LAST HEARD"], ...open.map((one) => [...rowOf(one), timeOf(one.heardAt)])]);
  const closedLines = table([
    [...header, "ENDED", "BY"],
    ...closed.map((one) => [...rowOf(one), one.endedAt === null ? "-" : timeOf(one.endedAt), one.endedBy]),
  ]);
  return `${[
    `${openCount} open${shown}:`,
    ...(open.length > 0 ? openLines : []),
    ...(closed.length > 0 ? ["", "Ended last:", ...closedLines] : []),
  ].join("\n")}\n`;
}

function rowOf(session: Session): string[] {
  return [
    session.userName || "-",
    session.client,
    session.nas,
    session.framedAddress || "-",
    session.station || "-",
    timeOf(session.startedAt),
    sizeOf(session.inputOctets),
    sizeOf(session.outputOctets),
  ];
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB"] as const;

/** Three digits are enough for people. */
function sizeOf(octets: string): string {
  let size = Number(octets);
  let unit = 0;
  while (size >= 1_000 && unit < UNITS.length - 1) {
    size /= 1_000;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(size < 10 ? 2 : 1)} ${UNITS[unit]}`;
}

/** Seconds are enough for people. */
const timeOf = (iso: string): string => `${iso.slice(0, 19).replace("T", " ")}Z`;
