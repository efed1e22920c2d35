import { Command, Option } from "commander";
import { z } from "zod";
import { askProduct, type RunningProduct, tellProduct } from "../product/running-product.js";
import { CommandError } from "../terminal/fail.js";
import { table } from "../terminal/table.js";

const HeldLogin = z.object({
  loginId: z.string(),
  userId: z.string(),
  client: z.string(),
  userName: z.string(),
  station: z.string(),
  sourceAddress: z.string(),
  sinceMs: z.number(),
  expiresAtMs: z.number(),
});
type HeldLogin = z.infer<typeof HeldLogin>;

/** Oldest first, as the product has them. */
const Held = z.array(HeldLogin);

const PATH = "/internal/held-logins";
/** Characters of an id that a line shows; any beginning that is one login's only will do. */
const SHOWN_ID = 8;

interface AnswerOptions extends RunningProduct {
  readonly approve?: true;
  readonly deny?: true;
  readonly newest?: true;
  readonly json?: true;
}

export function answerCommand(): Command {
  return new Command("answer")
    .description("list the logins that wait for an operator's word (secondFactor: manual), or answer one; for trying")
    .argument("[login-id]", "the login to answer; the beginning of its id is enough")
    .addOption(new Option("--approve", "let the user in").conflicts("deny"))
    .option("--deny", "do not")
    .option("--newest", "answer the login that came last")
    .option("--data <folder>", "data folder of an embedded product")
    .option("--url <url>", "internal interface of challenge-orchestrator (distributed)")
    .option("--api-key-file <file>", "file with the key for it")
    .option("--json", "as JSON")
    .action(answer);
}

async function answer(wanted: string | undefined, options: AnswerOptions): Promise<void> {
  const approved = approvedOf(wanted, options);
  const held = Held.parse(await askProduct(options, PATH));
  if (approved === undefined) {
    process.stdout.write(options.json ? json(held) : listOf(held, Date.now()));
    return;
  }
  const login = wanted === undefined ? newestOf(held) : oneOf(held, wanted);
  if (!(await tellProduct(options, `${PATH}/${login.loginId}/answer`, { approved }))) {
    throw new CommandError(`The login ${login.loginId} waits no longer: it was answered, or its time was over.`);
  }
  const { loginId, userName, client } = login;
  process.stdout.write(
    options.json
      ? json({ loginId, userName, client, approved })
      : `${approved ? "Approved" : "Denied"}: ${userName} at ${client} (${loginId}).\n`,
  );
}

/** @returns undefined when the logins are only to be listed */
function approvedOf(wanted: string | undefined, { approve, deny, newest }: AnswerOptions): boolean | undefined {
  const answers = approve === true || deny === true;
  const names = wanted !== undefined || newest === true;
  if (wanted !== undefined && newest === true) throw new CommandError("Give the id of a login or --newest, not both.");
  if (names && !answers) throw new CommandError("What is the answer? Give --approve or --deny.");
  if (answers && !names) {
    throw new CommandError("Which login? Give the beginning of its id, or --newest; portcullis answer lists them.");
  }
  return answers ? approve === true : undefined;
}

function newestOf(held: readonly HeldLogin[]): HeldLogin {
  const newest = held.at(-1);
  if (newest === undefined) throw new CommandError("No login waits for an answer.");
  return newest;
}

function oneOf(held: readonly HeldLogin[], beginning: string): HeldLogin {
  const found = held.filter(({ loginId }) => loginId.startsWith(beginning.toLowerCase()));
  const [login, other] = found;
  if (login === undefined) throw new CommandError(`No login whose id begins with ${beginning} waits for an answer.`);
  if (other !== undefined) {
    throw new CommandError(`${found.length} logins begin with ${beginning}: give more of the id.`);
  }
  return login;
}

function listOf(held: readonly HeldLogin[], nowMs: number): string {
  if (held.length === 0) return "No login waits for an answer.\n";
  const header = ["LOGIN", "USER", "CLIENT", "STATION", "WAITING SINCE", "TIME LEFT"];
  const rows = held.map(({ loginId, userName, client, station, sinceMs, expiresAtMs }) => [
    loginId.slice(0, SHOWN_ID),
    userName,
    client,
    station || "-",
    `${new Date(sinceMs).toISOString().slice(0, 19).replace("T", " ")}Z`,
    `${Math.max(0, Math.ceil((expiresAtMs - nowMs) / 1_000))} s`,
  ]);
  return `${table([header, ...rows]).join("\n")}\n`;
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
