import { Command } from "commander";
import { z } from "zod";
import { askOfUser, json, moment, type ProductOptions, withProduct } from "./of-user.js";

const Token = z.object({
  serial: z.string(),
  type: z.string(),
  digits: z.int(),
  driftSteps: z.number(),
  used: z.boolean(),
});

const Factors = z.object({
  userId: z.string(),
  enabled: z.boolean(),
  groups: z.array(z.string()),
  blocked: z.object({ untilMs: z.number().optional() }).optional(),
  phones: z.array(z.string()),
  language: z.string(),
  allowedMethods: z.array(z.string()).optional(),
  defaultMethod: z.string().optional(),
  modes: z.object({ sms: z.string(), voice: z.string(), app: z.string() }),
  pin: z.object({ mustChange: z.boolean(), expiresAtMs: z.number().optional() }).optional(),
  bypass: z.object({ untilMs: z.number() }).optional(),
  tokens: z.array(Token),
  devices: z.array(z.object({ deviceId: z.string(), name: z.string() })),
  recoveryCodesLeft: z.int(),
});
type Factors = z.infer<typeof Factors>;

interface FactorsOptions extends ProductOptions {
  readonly user: string;
}

export function factorsCommand(): Command {
  return withProduct(new Command("factors"))
    .description("show what a user has for her second factor; no secret of it, and of her phones the ends only")
    .requiredOption("--user <name>", "whose, in any form of the name")
    .action(factors);
}

async function factors({ user, json: asJson, ...product }: FactorsOptions): Promise<void> {
  const found = Factors.parse(await askOfUser(product, user, "factors"));
  process.stdout.write(asJson ? json(found) : textOf(found, Date.now()));
}

function textOf(found: Factors, nowMs: number): string {
  const { modes } = found;
  const lines: readonly (readonly [string, string])[] = [
    ["user id", found.userId],
    ["state", stateOf(found, nowMs)],
    ["groups", listOf(found.groups)],
    ["methods", found.allowedMethods === undefined ? "all that she has" : listOf(found.allowedMethods)],
    ["asked first", found.defaultMethod ?? "as it is best"],
    ["modes", `sms ${modes.sms}, voice ${modes.voice}, app ${modes.app}`],
    ["phones", listOf(found.phones)],
    ["language", found.language],
    ["tokens", listOf(found.tokens.map(tokenText))],
    ["devices", listOf(found.devices.map(({ deviceId, name }) => `${name || "-"} (${deviceId})`))],
    ["PIN", pinText(found, nowMs)],
    ["recovery codes", `${found.recoveryCodesLeft} left`],
    [
      "bypass",
      found.bypass === undefined || found.bypass.untilMs <= nowMs ? "-" : `until ${moment(found.bypass.untilMs)}`,
    ],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, text]) => `${name.padEnd(width)}  ${text}\n`).join("");
}

function stateOf({ enabled, blocked }: Factors, nowMs: number): string {
  if (!enabled) return "disabled";
  if (blocked === undefined) return "enabled";
  if (blocked.untilMs === undefined) return "blocked until somebody unblocks her";
  return blocked.untilMs <= nowMs ? "enabled" : `blocked until ${moment(blocked.untilMs)}`;
}

function tokenText({ serial, type, digits, driftSteps, used }: z.infer<typeof Token>): string {
  const drift = driftSteps === 0 ? "" : `, clock off by ${driftSteps}`;
  return `${serial} (${type}, ${digits} digits${used ? "" : ", never used"}${drift})`;
}

function pinText({ pin }: Factors, nowMs: number): string {
  if (pin === undefined) return "none";
  if (pin.mustChange) return "has to be changed";
  if (pin.expiresAtMs === undefined) return "set";
  return `${pin.expiresAtMs <= nowMs ? "expired" : "set, until"} ${moment(pin.expiresAtMs)}`;
}

const listOf = (texts: readonly string[]): string => (texts.length === 0 ? "-" : texts.join(", "));
