import { Command, Option } from "commander";
import { z } from "zod";
import { askProduct, findInProduct, type RunningProduct, tellProduct } from "../product/running-product.js";
import { CommandError } from "../terminal/fail.js";
import { table } from "../terminal/table.js";

const HeldLogin = z.object({
  loginId: z.string(),
  userId: z.string(),
  client: z.string(),
  userName: z.string(),
  provenName: z.string().optional(),
  station: z.string(),
  sourceAddress: z.string(),
  sinceMs: z.number(),
  expiresAtMs: z.number(),
});
type HeldLogin = z.infer<typeof HeldLogin>;

/** Oldest first, as the product has them; `more`: others wait besides. */
const Held = z.object({ logins: z.array(HeldLogin), more: z.boolean() });
type Held = z.infer<typeof Held>;

const PATH = "/internal/held-logins";
/** Characters of an id that a line shows; any beginning that is one login's only will do. */
const SHOWN_ID = 8;
const WHOLE_ID = /^[0-9a-f]{32}$/;
const MORE = "More logins wait than are listed.";

interface AnswerOptions extends RunningProduct {
  readonly approve?: true;
  readonly deny?: true;
  readonly newest?: true;
  readonly json?: true;
}

export function answerCommand(): Command {
  return new Command("answer")
    .description("list the logins that wait for an operator's word (methods: [manual]), or answer one; for trying")
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
  if (approved === undefined) {
    const held = Held.parse(await askProduct(options, PATH));
    process.stdout.write(options.json ? json(held) : listOf(held, Date.now()));
    return;
  }
  const login = await loginOf(wanted?.toLowerCase(), options);
  if (!(await tellProduct(options, `${PATH}/${login.loginId}/answer`, { approved }))) {
    throw new CommandError(`The login ${login.loginId} waits no longer: it was answered, or its time was over.`);
  }
  const { loginId, userName, provenName, client } = login;
  process.stdout.write(
    options.json
      ? json({ loginId, userName, provenName, client, approved })
      : `${approved ? "Approved" : "Denied"}: ${nameOf(login)} at ${client} (${loginId}).\n`,
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

/** A whole id finds its login however many others wait. */
async function loginOf(wanted: string | undefined, options: AnswerOptions): Promise<HeldLogin> {
  if (wanted !== undefined && WHOLE_ID.test(wanted)) {
    const login = await findInProduct(options, `${PATH}/${wanted}`);
    if (login === undefined) throw new CommandError(`No login whose id begins with ${wanted} waits for an answer.`);
    return HeldLogin.parse(login);
  }
  const held = Held.parse(await askProduct(options, PATH));
  // Fail closed: one that is not listed might be newer, or begin with the same characters.
  if (held.more) throw new CommandError("More logins wait than are listed: give the whole id (--json shows them).");
  return wanted === undefined ? newestOf(held) : oneOf(held, wanted);
}

function newestOf({ logins }: Held): HeldLogin {
  const newest = logins.at(-1);
  if (newest === undefined) throw new CommandError("No login waits for an answer.");
  return newest;
}

function oneOf({ logins }: Held, beginning: string): HeldLogin {
  const found = logins.filter(({ loginId }) => loginId.startsWith(beginning));
  const [login, other] = found;
  if (login === undefined) throw new CommandError(`No login whose id begins with ${beginning} waits for an answer.`);
  if (other !== undefined) {
    throw new CommandError(`${found.length} logins begin with ${beginning}: give more of the id.`);
  }
  return login;
}

function listOf({ logins, more }: Held, nowMs: number): string {
  if (logins.length === 0 && !more) return "No login waits for an answer.\n";
  const header = ["LOGIN", "USER", "CLIENT", "STATION", "WAITING SINCE", "TIME LEFT"];
  const rows = logins.map(({ loginId, client, station, sinceMs, expiresAtMs, ...names }) => [
    loginId.slice(0, SHOWN_ID),
    nameOf(names),
    client,
    station || "-",
    `${new Date(sinceMs).toISOString().slice(0, 19).replace("T", " ")}Z`,
    `${Math.max(0, Math.ceil((expiresAtMs - nowMs) / 1_000))} s`,
  ]);
  return [...table([header, ...rows]), ...(more ? [MORE] : []), ""].join("\n");
}

/** Who she is, not what she wrote outside of a tunnel; that one stands beside it. */
function nameOf({ userName, provenName }: Pick<HeldLogin, "userName" | "provenName">): string {
  return provenName === undefined ? userName : `${provenName} (as ${userName})`;
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
