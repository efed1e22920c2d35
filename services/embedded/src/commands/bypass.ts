import { userInfo } from "node:os";
import { Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { askProduct } from "../product/running-product.js";
import { CommandError } from "../terminal/fail.js";
import { table } from "../terminal/table.js";
import { json, moment, type ProductOptions, tellOfUser, withProduct } from "./of-user.js";

const MAX_SECONDS = 86_400;
const SHOWN_ID = 8;

const Given = z.object({ bypassId: z.string(), untilMs: z.number() });
const Removed = z.object({ removed: z.boolean() });
const Past = Given.extend({
  userId: z.string(),
  loginName: z.string(),
  reason: z.string(),
  givenBy: z.string(),
  givenAtMs: z.number(),
  usedByLogin: z.string().optional(),
  removedAtMs: z.number().optional(),
});
type Past = z.infer<typeof Past>;
const List = z.object({ bypasses: z.array(Past) });

interface BypassOptions extends ProductOptions {
  readonly user?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly seconds: number;
  readonly list?: true;
  readonly remove?: true;
}

export function bypassCommand(): Command {
  return withProduct(new Command("bypass"))
    .description(
      "let a user in once without a second factor, for a short while; or list what was given, or take one back",
    )
    .option("--user <name>", "whom, in any form of the name")
    .option("--reason <text>", "why; it stays on record")
    .option("--by <name>", "who gives it; the account that runs this command when left out")
    .option("--seconds <number>", `for how long, 1 to ${MAX_SECONDS}`, seconds, 300)
    .addOption(new Option("--list", "list the last ones, given to anybody").conflicts(["remove", "reason"]))
    .addOption(new Option("--remove", "take back the one that the user has and did not use").conflicts(["reason"]))
    .action(bypass);
}

async function bypass(options: BypassOptions): Promise<void> {
  if (options.list) return list(options);
  const { user } = options;
  if (user === undefined) throw new CommandError("Whom? Give --user NAME, or --list.");
  return options.remove ? remove(user, options) : give(user, options);
}

async function give(user: string, { reason, by, seconds, json: asJson, ...product }: BypassOptions): Promise<void> {
  if (reason === undefined) throw new CommandError("Why? Give --reason TEXT: it stays on record.");
  const message = { reason, seconds, givenBy: by ?? userInfo().username };
  const given = Given.parse(await tellOfUser(product, user, { what: "bypass", message }));
  const text = `${user} gets in once without a second factor until ${moment(given.untilMs)}, after the first one as always.\n`;
  process.stdout.write(asJson ? json(given) : text);
}

async function remove(user: string, { json: asJson, ...product }: BypassOptions): Promise<void> {
  const { removed } = Removed.parse(await tellOfUser(product, user, { what: "bypass/remove" }));
  if (!removed) throw new CommandError(`${user} has no bypass that is not used yet.`);
  process.stdout.write(asJson ? json({ user, removed }) : `The bypass of ${user} is taken back.\n`);
}

async function list({ json: asJson, ...product }: BypassOptions): Promise<void> {
  const { bypasses } = List.parse(await askProduct(product, "/internal/bypasses"));
  process.stdout.write(asJson ? json(bypasses) : listOf(bypasses, Date.now()));
}

function listOf(bypasses: readonly Past[], nowMs: number): string {
  if (bypasses.length === 0) return "No bypass was given.\n";
  const rows = bypasses.map((one) => [
    moment(one.givenAtMs),
    one.loginName || one.userId.slice(0, SHOWN_ID),
    one.givenBy,
    one.reason,
    stateOf(one, nowMs),
  ]);
  return `${table([["GIVEN", "USER", "BY", "REASON", "STATE"], ...rows]).join("\n")}\n`;
}

function stateOf({ usedByLogin, removedAtMs, untilMs }: Past, nowMs: number): string {
  if (usedByLogin !== undefined) return `used by login ${usedByLogin}`;
  if (removedAtMs !== undefined) return `taken back ${moment(removedAtMs)}`;
  return untilMs <= nowMs ? "not used in time" : `until ${moment(untilMs)}`;
}

function seconds(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= MAX_SECONDS) return number;
  throw new InvalidArgumentError(`A whole number from 1 to ${MAX_SECONDS} is expected.`);
}
