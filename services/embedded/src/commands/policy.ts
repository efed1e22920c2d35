import { Command, Option } from "commander";
import { z } from "zod";
import { findInProduct } from "../product/running-product.js";
import { CommandError } from "../terminal/fail.js";
import { table } from "../terminal/table.js";
import { json, type ProductOptions, withProduct } from "./of-user.js";

const Way = z.object({ method: z.string(), pin: z.boolean(), twoWay: z.boolean(), matching: z.string() });

const Explained = z.object({
  decision: z.enum(["end", "bypass", "check", "ask"]),
  resultCode: z.string().optional(),
  ways: z.array(Way),
  because: z.string(),
  rule: z.string(),
  settings: z.array(z.object({ setting: z.string(), value: z.string(), rule: z.string() })),
  userKnown: z.boolean(),
});
type Explained = z.infer<typeof Explained>;

interface ExplainOptions extends ProductOptions {
  readonly client: string;
  readonly user: string;
  readonly from?: string;
  readonly credential: string;
  readonly withCode?: true;
}

export function policyCommand(): Command {
  const explain = withProduct(new Command("explain"))
    .description("say what follows a right password of a user at a client, and which rule decides it; nobody is asked")
    .requiredOption("--client <name>", "the RADIUS client")
    .requiredOption("--user <name>", "the user, in any form of the name")
    .option("--from <address>", "Calling-Station-Id of the request")
    .addOption(
      new Option("--credential <kind>", "what the request would have; RD Gateway sends none")
        .choices(["none", "password", "chap", "ms-chap", "eap"])
        .default("password"),
    )
    .option("--with-code", "as if a code stood behind the password")
    .action(explainPolicy);
  return new Command("policy").description("what is demanded of whom").addCommand(explain);
}

async function explainPolicy(options: ExplainOptions): Promise<void> {
  const { client, user, from, credential, withCode, json: asJson, ...product } = options;
  const query = new URLSearchParams({ client, user, credential, code: String(withCode === true) });
  if (from !== undefined) query.set("from", from);
  const answer = await findInProduct(product, `/internal/policy?${query.toString()}`);
  if (answer === undefined) throw new CommandError(`There is no client ${client}: see portcullis clients.`);
  const explained = Explained.parse(answer);
  process.stdout.write(asJson ? json(explained) : textOf(explained, { client, user }));
}

function textOf(explained: Explained, { client, user }: { readonly client: string; readonly user: string }): string {
  const rows = explained.settings.map(({ setting, value, rule }) => [setting, value === "" ? "-" : value, rule]);
  const known = explained.userKnown ? "" : `Nobody is known as ${user}.\n`;
  const settings = table([["SETTING", "VALUE", "RULE"], ...rows]).join("\n");
  return `${known}${user} at ${client}: ${decisionText(explained)}\nBecause of ${reasonText(explained)}.\n\n${settings}\n`;
}

function decisionText({ decision, resultCode, ways }: Explained): string {
  switch (decision) {
    case "end":
      return `ends with ${resultCode}.`;
    case "bypass":
      return "comes in by a one-time bypass, which is used up with it.";
    case "check":
      return "the code behind the password is checked at once.";
    case "ask": {
      const [first, ...others] = ways.map(wayText);
      return others.length === 0 ? `is asked by ${first}.` : `is asked by ${first}; may choose ${others.join(", ")}.`;
    }
  }
}

function wayText({ method, pin, twoWay, matching }: z.infer<typeof Way>): string {
  const modes = [
    twoWay ? "answered by text" : "",
    pin ? "with PIN" : "",
    matching === "none" ? "" : `matching the ${matching}`,
  ].filter((mode) => mode !== "");
  return modes.length === 0 ? method : `${method} (${modes.join(", ")})`;
}

function reasonText({ because, rule }: Explained): string {
  if (rule !== "") return `${because} of ${rule === "client" ? "the client's own settings" : `the policy ${rule}`}`;
  const reasons: Readonly<Record<string, string>> = {
    user: "how the user is",
    client: "what the client can show",
    request: "what the request says",
    bypass: "a bypass that somebody gave",
    "access-list": "what is an access list, not a login",
  };
  return reasons[because] ?? because;
}
