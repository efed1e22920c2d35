import { Command } from "commander";
import { z } from "zod";
import { askProduct, type RunningProduct } from "../product/running-product.js";
import { table } from "../terminal/table.js";

const Secret = z.object({ place: z.string(), lastUsedAt: z.iso.datetime().nullable() });

const Client = z.object({
  name: z.string(),
  application: z.string(),
  addresses: z.array(z.string()),
  target: z.string(),
  requireMessageAuthenticator: z.boolean(),
  limitProxyState: z.boolean(),
  lastRequestAt: z.iso.datetime().nullable(),
  requests: z.int(),
  signed: z.int(),
  unsigned: z.int(),
  droppedUnsigned: z.int(),
  droppedWrongSecret: z.int(),
  secrets: z.array(Secret),
  hints: z.array(z.string()),
});
type Client = z.infer<typeof Client>;

const Answer = z.object({ since: z.iso.datetime(), clients: z.array(Client) });

/** Addresses that a line shows of a client; `--json` has them all. */
const SHOWN_ADDRESSES = 3;

export function clientsCommand(): Command {
  return new Command("clients")
    .description(
      "list the RADIUS clients of a running gateway: their last request, and who sends no Message-Authenticator",
    )
    .option("--data <folder>", "data folder of an embedded product")
    .option("--url <url>", "internal interface of one radius-gateway (distributed); each counts for itself")
    .option("--api-key-file <file>", "file with the key for it")
    .option("--json", "all that is known, as JSON")
    .action(clients);
}

async function clients(options: RunningProduct & { readonly json?: true }): Promise<void> {
  const answer = Answer.parse(await askProduct(options, "/internal/clients"));
  process.stdout.write(options.json ? `${JSON.stringify(answer, undefined, 2)}\n` : textOf(answer));
}

function textOf({ since, clients: all }: z.infer<typeof Answer>): string {
  if (all.length === 0) return "The gateway knows no clients: add some under clients in the configuration.\n";
  const header = [
    "NAME",
    "ADDRESSES",
    "TARGET",
    "LAST REQUEST",
    "REQUESTS",
    "SIGNED",
    "UNSIGNED",
    "DROPPED",
    "REQUIRED",
  ];
  const lines = table([header, ...all.map(rowOf)]);
  const hints = all.flatMap(({ name, hints: these }) => these.map((hint) => `${name}: ${hint}`));
  return `${[
    `Counted by this gateway since ${timeOf(since)}. DROPPED: without a Message-Authenticator where it is REQUIRED, or with a wrong one.`,
    "",
    ...lines,
    ...(hints.length > 0 ? ["", ...hints] : []),
  ].join("\n")}\n`;
}

function rowOf(client: Client): string[] {
  const { addresses, requests, signed, unsigned, droppedUnsigned, droppedWrongSecret } = client;
  const more = addresses.length > SHOWN_ADDRESSES ? [`+${addresses.length - SHOWN_ADDRESSES}`] : [];
  return [
    client.name,
    [...addresses.slice(0, SHOWN_ADDRESSES), ...more].join(" ") || "-",
    client.target,
    client.lastRequestAt === null ? "never" : timeOf(client.lastRequestAt),
    String(requests),
    String(signed),
    String(unsigned),
    String(droppedUnsigned + droppedWrongSecret),
    client.requireMessageAuthenticator ? "yes" : "no",
  ];
}

/** Seconds are enough for people. */
const timeOf = (iso: string): string => `${iso.slice(0, 19).replace("T", " ")}Z`;
