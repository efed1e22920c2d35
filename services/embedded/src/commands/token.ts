import { Command } from "commander";
import { z } from "zod";
import { sendToProduct } from "../product/running-product.js";
import { CommandError } from "../terminal/fail.js";
import { json, type ProductOptions, withProduct } from "./of-user.js";

const Answer = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("done"), driftSteps: z.number(), step: z.number() }),
  z.object({ kind: z.enum(["unknown-token", "no-match", "old"]) }),
]);

const FAILURES = {
  "unknown-token": "There is no token with this serial number.",
  "no-match":
    "These are no two codes behind each other of this token: type the one it shows, then the very next one. Far off clocks (50 minutes at 30 s) and counters (1000) are not found.",
  old: "The token was used with one of these codes, or a later one, before: wait for the next two.",
} as const;

interface ResyncOptions extends ProductOptions {
  readonly serial: string;
}

export function tokenCommand(): Command {
  const resync = withProduct(new Command("resync"))
    .description("take over where a token stands (its clock, or its counter) by two of its codes behind each other")
    .requiredOption("--serial <number>", "the token; app:<id> for the codes of a device")
    .argument("<code1>", "a code that it shows")
    .argument("<code2>", "the very next one")
    .action(resynchronise);
  return new Command("token").description("bring an OATH token back into step").addCommand(resync);
}

async function resynchronise(first: string, second: string, options: ResyncOptions): Promise<void> {
  const { serial, json: asJson, ...product } = options;
  const sent = await sendToProduct(product, "/internal/tokens/resync", { serial, codes: [first, second] });
  const answer = Answer.parse(sent);
  if (answer.kind !== "done") throw new CommandError(FAILURES[answer.kind]);
  const drift = answer.driftSteps === 0 ? "" : ` Its clock is off by ${answer.driftSteps} periods.`;
  process.stdout.write(asJson ? json(answer) : `The token ${serial} is in step; both codes are used.${drift}\n`);
}
