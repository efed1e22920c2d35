import { setTimeout as sleep } from "node:timers/promises";
import { Command, Option } from "commander";
import { z } from "zod";
import { askProduct, type RunningProduct, sendToProduct } from "../product/running-product.js";
import { CommandError } from "../terminal/fail.js";
import { outboxLines } from "../terminal/outbox-lines.js";

const PATH = "/internal/outbox";
const LOOK_AGAIN_MS = 500;

const Entry = z.object({
  id: z.int(),
  kind: z.enum(["call", "text", "mail"]),
  atMs: z.number(),
  to: z.string(),
  subject: z.string(),
  state: z.string(),
  lines: z.array(z.string()),
  challengeId: z.string(),
});
type Entry = z.infer<typeof Entry>;

const List = z.object({ entries: z.array(Entry) });

interface OutboxOptions extends RunningProduct {
  readonly press?: string;
  readonly reply?: string;
  readonly hangUp?: true;
  readonly busy?: true;
  readonly follow?: true;
  readonly json?: true;
}

export function outboxCommand(): Command {
  return new Command("outbox")
    .description(
      "list the calls, texts and mails that a provider of the type outbox has taken, or answer one; for trying",
    )
    .argument("[number]", "the call or text to answer, as listed; the newest when left out")
    .addOption(
      new Option("--press <keys>", "take the call and press keys, as # or 1234#").conflicts([
        "reply",
        "hangUp",
        "busy",
      ]),
    )
    .addOption(new Option("--reply <text>", "reply to the text").conflicts(["hangUp", "busy"]))
    .addOption(new Option("--hang-up", "hang up the call").conflicts("busy"))
    .option("--busy", "let the call be busy")
    .option("--follow", "go on and show what comes, until Ctrl-C")
    .option("--data <folder>", "data folder of an embedded product")
    .option("--url <url>", "internal interface of a notifier (distributed); each process has its own outbox")
    .option("--api-key-file <file>", "file with the key for it")
    .option("--json", "as JSON; with --follow one entry a line")
    .action(outbox);
}

async function outbox(wanted: string | undefined, options: OutboxOptions): Promise<void> {
  const action = actionOf(options);
  const id = idOf(wanted);
  if (action !== undefined) return act(options, { ...action, ...(id === undefined ? {} : { id }) });
  if (id !== undefined)
    throw new CommandError("What is to be done with it? Give --press, --reply, --hang-up or --busy.");
  if (options.follow) return follow(options);
  const { entries } = await listOf(options, 0);
  if (options.json) process.stdout.write(`${JSON.stringify({ entries }, undefined, 2)}\n`);
  else if (entries.length === 0) process.stdout.write("Nothing was called, texted or mailed within the last hour.\n");
  else for (const entry of entries) process.stdout.write(outboxLines(entry));
}

function actionOf({ press, reply, hangUp, busy }: OutboxOptions): object | undefined {
  if (press !== undefined) return { press };
  if (reply !== undefined) return { reply };
  if (hangUp) return { end: "hang-up" };
  return busy ? { end: "busy" } : undefined;
}

function idOf(wanted: string | undefined): number | undefined {
  if (wanted === undefined) return undefined;
  if (/^#?[1-9][0-9]{0,8}$/.test(wanted)) return Number(wanted.replace("#", ""));
  throw new CommandError(`${wanted} is not the number of an entry: portcullis outbox lists them.`);
}

async function act(options: OutboxOptions, action: object): Promise<void> {
  const done = await sendToProduct(options, PATH, action);
  if (done === undefined) {
    throw new CommandError("There is no open call or text that waits for this: portcullis outbox lists what there is.");
  }
  const entry = Entry.parse(done);
  process.stdout.write(options.json ? `${JSON.stringify(entry, undefined, 2)}\n` : outboxLines(entry));
}

/** A product that is started anew begins to count anew. */
async function follow(options: OutboxOptions): Promise<void> {
  let lastId = 0;
  for (;;) {
    const { entries } = await listOf(options, lastId);
    for (const entry of entries) process.stdout.write(options.json ? `${JSON.stringify(entry)}\n` : outboxLines(entry));
    lastId = entries.at(-1)?.id ?? lastId;
    await sleep(LOOK_AGAIN_MS);
  }
}

async function listOf(options: OutboxOptions, after: number): Promise<{ readonly entries: readonly Entry[] }> {
  return List.parse(await askProduct(options, `${PATH}?after=${after}`));
}
