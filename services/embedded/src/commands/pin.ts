import { Command } from "commander";
import { z } from "zod";
import { Asker } from "../terminal/ask.js";
import { CommandError } from "../terminal/fail.js";
import { json, type ProductOptions, tellOfUser, withProduct } from "./of-user.js";

/** What to tell whoever chose a PIN that is not taken. */
const REFUSALS: Readonly<Record<string, string>> = {
  "not-digits": "it has to be digits only",
  "too-short": "it needs at least 4 digits",
  "too-long": "it may have at most 16 digits",
  repeats: "three equal digits stand behind each other",
  runs: "three digits count up or down",
  phone: "four digits of it stand in one of the user's phone numbers",
  "used-before": "it is one of the user's last ones",
};

const SetAnswer = z.object({ refused: z.array(z.string()) });
const Expired = z.object({ expired: z.boolean() });

interface PinOptions extends ProductOptions {
  readonly user: string;
  readonly stdin?: true;
  readonly mustChange?: true;
}

export function pinCommand(): Command {
  const set = withProduct(new Command("set"))
    .description("set a user's PIN; asked for on the terminal, never part of the command line")
    .requiredOption("--user <name>", "whose, in any form of the name")
    .option("--stdin", "take it from the first line of standard input")
    .option("--must-change", "it may only be used to set another one")
    .action(setPin);
  const expire = withProduct(new Command("expire"))
    .description("let a user's PIN end: it may only be used to set another one")
    .requiredOption("--user <name>", "whose, in any form of the name")
    .action(expirePin);
  return new Command("pin").description("set a user's PIN, or let it end").addCommand(set).addCommand(expire);
}

async function setPin({ user, stdin, mustChange, json: asJson, ...product }: PinOptions): Promise<void> {
  const message = { pin: await askedPin(stdin === true), mustChange: mustChange === true };
  const { refused } = SetAnswer.parse(await tellOfUser(product, user, { what: "pin", message }));
  if (refused.length > 0) {
    throw new CommandError(`This PIN is not taken: ${refused.map((why) => REFUSALS[why] ?? why).join("; ")}.`);
  }
  process.stdout.write(asJson ? json({ user, set: true }) : `The PIN of ${user} is set.\n`);
}

async function askedPin(fromInput: boolean): Promise<string> {
  const asker = new Asker();
  try {
    const pin = await asker.ask(fromInput ? "" : "PIN: ", false);
    const again = fromInput ? pin : await asker.ask("PIN again: ", false);
    if (pin === undefined || again === undefined) throw new CommandError("The input ended without a PIN.");
    if (pin !== again) throw new CommandError("The two are not the same; nothing was set.");
    return pin.trim();
  } finally {
    asker.close();
  }
}

async function expirePin({ user, json: asJson, ...product }: PinOptions): Promise<void> {
  const { expired } = Expired.parse(await tellOfUser(product, user, { what: "pin/expire" }));
  if (!expired) throw new CommandError(`${user} has no PIN.`);
  process.stdout.write(asJson ? json({ user, expired }) : `${user} has to set another PIN.\n`);
}
