import { Command, Option } from "commander";
import { z } from "zod";
import { askProduct, type RunningProduct, requestOfProduct } from "../product/running-product.js";
import { CommandError } from "../terminal/fail.js";
import { operatorName } from "../terminal/operator-name.js";
import { sinceMsOf } from "../terminal/since.js";
import { table } from "../terminal/table.js";

const PATH = "/internal/blocks";

const Blocked = z.object({ user: z.string(), until: z.iso.datetime().nullable() });
const Unblocked = z.object({ user: z.string() });
const Actor = z.object({ kind: z.string(), name: z.string() });
const Block = z.object({
  blockId: z.string(),
  userId: z.string(),
  loginName: z.string(),
  from: z.iso.datetime(),
  until: z.iso.datetime().nullable(),
  reason: z.string(),
  by: Actor,
  ended: z.object({ at: z.iso.datetime(), by: Actor, reason: z.string() }).nullable(),
});
type Block = z.infer<typeof Block>;
const Listed = z.object({ blocks: z.array(Block) });

interface BlockOptions extends RunningProduct {
  readonly user?: string;
  readonly reason?: string;
  readonly days?: string;
  readonly remove?: true;
  readonly list?: true;
  readonly history?: true;
  readonly since?: string;
  readonly limit?: string;
  readonly json?: true;
}

export function blockCommand(): Command {
  return new Command("block")
    .description("block a user, unblock her, or list who is blocked: a blocked user is not let in and not asked")
    .option("--user <name>", "the user, in any form of the name")
    .option("--reason <text>", "why; it is kept, and mails and lists show it")
    .option("--days <number>", "for how long, 0 without an end; as long as a fraud report blocks when left out")
    .addOption(new Option("--remove", "unblock the user").conflicts(["days", "list"]))
    .addOption(
      new Option("--list", "list who is blocked, with --user whether this one is").conflicts(["days", "reason"]),
    )
    .option("--history", "with --list: also blocks that have ended")
    .option("--since <time>", "with --history: ended since a time in UTC (2026-11-25) or for so long (7d, 12h, 30m)")
    .option("--limit <number>", "with --list: the most, 1 to 1000; 100 when left out")
    .option("--data <folder>", "data folder of an embedded product")
    .option("--url <url>", "internal interface of fraud-reporter (distributed)")
    .option("--api-key-file <file>", "file with the key for it")
    .option("--json", "all that is known, as JSON")
    .action(block);
}

async function block(options: BlockOptions): Promise<void> {
  if (options.list === true) return list(options);
  const { user, reason, days, remove, json, ...product } = options;
  if (user === undefined) throw new CommandError("Which user? Give --user NAME, or --list to see who is blocked.");
  if (reason === undefined) throw new CommandError("Why? Give --reason TEXT; it is kept with the block.");
  const word = { user, reason, operator: operatorName() };
  if (remove === true) {
    const unblocked = Unblocked.parse(await requestOfProduct(product, `${PATH}/remove`, word));
    process.stdout.write(json ? jsonOf(unblocked) : `Unblocked: ${unblocked.user}.\n`);
    return;
  }
  const message = { ...word, ...(days === undefined ? {} : { days: daysOf(days) }) };
  const blocked = Blocked.parse(await requestOfProduct(product, PATH, message));
  process.stdout.write(json ? jsonOf(blocked) : `Blocked: ${blocked.user}, ${untilText(blocked.until)}.\n`);
}

async function list({ user, history, since, limit, json, ...product }: BlockOptions): Promise<void> {
  const query = new URLSearchParams({
    ...(user === undefined ? {} : { user }),
    ...(history === true ? { history: "true" } : {}),
    ...(since === undefined ? {} : { sinceMs: String(sinceMsOf(since, Date.now())) }),
    ...(limit === undefined ? {} : { limit }),
  });
  const { blocks } = Listed.parse(await askProduct(product, `${PATH}?${query.toString()}`));
  process.stdout.write(json ? jsonOf({ blocks }) : textOf(blocks, history === true));
}

function daysOf(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new CommandError("--days takes a number of days; 0 blocks without an end.");
  return Number(text);
}

function textOf(blocks: readonly Block[], history: boolean): string {
  if (blocks.length === 0) return history ? "No blocks.\n" : "Nobody is blocked, or not this user.\n";
  const header = ["USER", "SINCE", "UNTIL", "BY", "REASON", ...(history ? ["ENDED", "ENDED BY", "WHY"] : [])];
  const rows = blocks.map((one) => [...rowOf(one), ...(history ? endOf(one) : [])]);
  return `${table([header, ...rows]).join("\n")}\n`;
}

function rowOf({ loginName, userId, from, until, by, reason }: Block): string[] {
  return [loginName || userId, timeOf(from), until === null ? "-" : timeOf(until), actorOf(by), reason];
}

function endOf({ ended }: Block): string[] {
  return ended === null ? ["-", "-", "-"] : [timeOf(ended.at), actorOf(ended.by), ended.reason];
}

/** A report's id says nothing to people. */
const actorOf = ({ kind, name }: z.infer<typeof Actor>): string => (kind === "operator" && name !== "" ? name : kind);

const untilText = (until: string | null): string => (until === null ? "until unblocked" : `until ${timeOf(until)}`);

/** Seconds are enough for people. */
const timeOf = (iso: string): string => `${iso.slice(0, 19).replace("T", " ")}Z`;

const jsonOf = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
