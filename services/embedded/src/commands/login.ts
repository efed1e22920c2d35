import {
  type Attribute,
  AttributeType,
  Code,
  codeName,
  decodeUtf8,
  type Exchanged,
  type ExchangeFailed,
  formatAttribute,
  isExchangeFailed,
  type Packet,
  RadiusClient,
  SharedSecret,
  stateAttribute,
  textAttribute,
} from "@portcullis/radius";
import { Command, InvalidArgumentError } from "commander";
import { Asker } from "../terminal/ask.js";
import { CommandError } from "../terminal/fail.js";

/** Prompts of one login; a server that asks for ever is not worth answering. */
const MAX_ROUNDS = 20;
const REJECTED = 2;
const NO_ANSWER = 3;

interface LoginOptions {
  readonly server: { readonly host: string; readonly port: number };
  readonly secret: string;
  readonly user: string;
  readonly password?: string;
  readonly code?: string;
  readonly station?: string;
  readonly json?: true;
  readonly requireMessageAuthenticator: boolean;
  readonly intervalMs: number;
  readonly tries: number;
}

/** One exchange of the login, for `--json`. */
interface Round {
  readonly reply: string;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  readonly attempts: number;
  readonly milliseconds: number;
}

export function loginCommand(): Command {
  return new Command("login")
    .description("try a login as a RADIUS client does: password, prompt, code")
    .requiredOption("--server <host:port>", "the RADIUS server", hostAndPort)
    .requiredOption("--secret <secret>", "the shared secret")
    .requiredOption("--user <name>", "the user's name")
    .option("--password <password>", "the password; asked for when left out")
    .option("--code <code>", "the answer to the first prompt; asked for when left out")
    .option("--station <id>", "Calling-Station-Id to send")
    .option("--no-require-message-authenticator", "take replies that carry no Message-Authenticator")
    .option("--interval-ms <n>", "milliseconds until the same packet is sent again", whole, 3_000)
    .option("--tries <n>", "how often a packet is sent at most", whole, 10)
    .option("--json", "print the result as JSON")
    .action(login);
}

async function login(options: LoginOptions): Promise<void> {
  const asker = new Asker();
  try {
    const rounds = await converse(options, asker);
    const last = rounds.at(-1);
    if (options.json) process.stdout.write(`${JSON.stringify({ result: last?.reply, rounds }, null, 2)}\n`);
    if (last?.reply === codeName(Code.AccessReject)) process.exitCode = REJECTED;
  } finally {
    asker.close();
  }
}

async function converse(options: LoginOptions, asker: Asker): Promise<Round[]> {
  const client = new RadiusClient({
    ...options.server,
    secret: new SharedSecret(options.secret),
    requireMessageAuthenticator: options.requireMessageAuthenticator,
    intervalMs: options.intervalMs,
    tries: options.tries,
  });
  const rounds: Round[] = [];
  let answer = options.password ?? (await asker.ask("Password: ", false));
  let state: Uint8Array | undefined;
  while (answer !== undefined && rounds.length < MAX_ROUNDS) {
    const attributes = attributesOf(options, state);
    const result = await client.send({ userName: options.user, password: answer, attributes });
    if (isExchangeFailed(result)) throw new CommandError(failureText(result, options), NO_ANSWER);
    rounds.push(roundOf(result));
    if (!options.json) print(result);
    if (result.packet.code !== Code.AccessChallenge) return rounds;
    state = result.packet.first(AttributeType.State);
    const prompt = messageOf(result.packet) || "Answer:";
    answer = rounds.length === 1 && options.code !== undefined ? options.code : await asker.ask(`${prompt} `, true);
  }
  throw new CommandError("The login was not finished: no answer to the prompt.", NO_ANSWER);
}

function attributesOf({ station }: LoginOptions, state: Uint8Array | undefined): Attribute[] {
  return [
    ...(station === undefined ? [] : textAttribute(AttributeType.CallingStationId, station)),
    ...(state === undefined ? [] : [stateAttribute(state)]),
  ];
}

function roundOf({ packet, attempts, elapsedMs }: Exchanged): Round {
  const attributes = packet.attributes().map(formatAttribute);
  return { reply: codeName(packet.code), attributes, attempts, milliseconds: Math.round(elapsedMs * 10) / 10 };
}

function print(result: Exchanged): void {
  const { reply, attributes, attempts, milliseconds } = roundOf(result);
  const signed = result.packet.hasMessageAuthenticator ? "Message-Authenticator verified" : "no Message-Authenticator";
  const sent = attempts === 1 ? "sent once" : `sent ${attempts} times`;
  process.stdout.write(`${reply} after ${milliseconds} ms (${sent}, ${signed})\n`);
  for (const { name, value } of attributes) process.stdout.write(`    ${name} = ${value}\n`);
}

function messageOf(packet: Packet): string {
  return packet
    .all(AttributeType.ReplyMessage)
    .map((part) => decodeUtf8(part) ?? "")
    .join("");
}

function failureText(result: ExchangeFailed, { server }: LoginOptions): string {
  const where = `${server.host}:${server.port}`;
  const ignored = Object.entries(result.ignored).map(([fault, count]) => `${count} x ${fault}`);
  const hint =
    ignored.length === 0
      ? ""
      : `\nReplies that do not verify were ignored (${ignored.join(", ")}): is the secret right?`;
  switch (result.failure) {
    case "timeout":
      return `No answer from ${where} to ${result.attempts} packets.${hint}\nA RADIUS server is silent when it does not know the client's address, or the secret is wrong. Its log tells.`;
    case "unreachable":
      return `Nothing listens at ${where}. Is the server running, and is the port right?`;
    case "unresolvable":
      return `The name ${server.host} is not known.`;
    default:
      return `The request cannot be sent: ${result.failure}.`;
  }
}

function hostAndPort(text: string): LoginOptions["server"] {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:\s]+))(?::(\d{1,5}))?$/.exec(text);
  const port = Number(match?.[3] ?? 1812);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port < 1 || port > 65_535)
    throw new InvalidArgumentError("It is HOST:PORT or [IPv6]:PORT.");
  return { host, port };
}

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 600_000)
    throw new InvalidArgumentError("It is a whole number.");
  return number;
}
