import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import {
  type Attribute,
  AttributeType,
  buildAccessRequest,
  Code,
  decodeUtf8,
  decryptUserPassword,
  encodeReply,
  isMalformed,
  type Packet,
  receiveRequest,
  SharedSecret,
  stateAttribute,
  textAttribute,
} from "@portcullis/radius";
import type { CodecRow } from "./report/codec-row.js";

/** What the npm package `radius` needs here. */
interface RadiusPackage {
  decode(packet: { packet: Buffer; secret: string }): { readonly attributes: Readonly<Record<string, unknown>> };
  encode_response(reply: { packet: object; code: string; secret: string; attributes: unknown[] }): Buffer;
}

interface Contest {
  readonly name: string;
  /** Does the operation on the packet at `index` and returns a number that depends on it. */
  readonly ours: (index: number) => number;
  readonly theirs: (index: number) => number;
}

const RUNS = 9;
const RUN_MS = 150;
/** Between two looks at the clock. */
const BATCH = 64;
/** Different packets, so that nobody profits from the same one. */
const PACKETS = 64;
const SECRET = "a-secret-of-usual-length";
const REPLY_MESSAGE = "Enter the code that your token shows";

/**
 * Measures our codec beside the npm package `radius` in this process: both verify Message-Authenticator and read name and
 * password; both sign. The runs alternate, so that a busy machine slows both.
 * @returns operations per second, medians of the runs, and ours divided by theirs
 * @throws Error when one of the two does not do the work, in which case its speed would mean nothing
 */
export function runCodecBench(): readonly CodecRow[] {
  return contests().map(compare);
}

function contests(): readonly Contest[] {
  const radius = createRequire(import.meta.url)("radius") as RadiusPackage;
  const secret = new SharedSecret(SECRET);
  const requests = Array.from({ length: PACKETS }, (_, index) => buildRequest(secret, index));
  const packets = requests.map((octets) => receive(octets, secret));
  const theirPackets = requests.map((packet) => radius.decode({ packet, secret: SECRET }));
  const state = randomBytes(32);
  const attributes = [...textAttribute(AttributeType.ReplyMessage, REPLY_MESSAGE), stateAttribute(state)];
  return [
    {
      name: "decode, verify, decrypt the password",
      ours: (index) => {
        const packet = receive(at(requests, index), secret);
        const hidden = packet.first(AttributeType.UserPassword) ?? new Uint8Array();
        const password = decryptUserPassword(hidden, secret, packet.authenticator);
        const userName = packet.first(AttributeType.UserName) ?? new Uint8Array();
        return (isMalformed(password) ? 0 : textLength(password)) + textLength(userName);
      },
      theirs: (index) => {
        const decoded = radius.decode({ packet: at(requests, index), secret: SECRET });
        return String(decoded.attributes["User-Password"]).length + String(decoded.attributes["User-Name"]).length;
      },
    },
    {
      name: "encode and sign a challenge",
      ours: (index) => encodeReplyTo(at(packets, index), secret, attributes).length,
      theirs: (index) =>
        // A new array each time: the package adds to the one it is given.
        radius.encode_response({
          packet: at(theirPackets, index),
          code: "Access-Challenge",
          secret: SECRET,
          attributes: [
            ["Reply-Message", REPLY_MESSAGE],
            ["State", state],
          ],
        }).length,
    },
  ];
}

function compare({ name, ours, theirs }: Contest): CodecRow {
  if (ours(1) !== theirs(1) || ours(1) === 0) {
    throw new Error(`the two codecs differ: ${name}`);
  }
  const ourRuns: number[] = [];
  const theirRuns: number[] = [];
  // The first run of each warms up.
  for (let run = 0; run <= RUNS; run++) {
    ourRuns.push(operationsPerSecond(ours));
    theirRuns.push(operationsPerSecond(theirs));
  }
  const [our, their] = [median(ourRuns.slice(1)), median(theirRuns.slice(1))];
  return { name, ours: our, theirs: their, ratio: our / their };
}

function operationsPerSecond(operation: (index: number) => number): number {
  const startedMs = performance.now();
  let done = 0;
  let elapsedMs = 0;
  while (elapsedMs < RUN_MS) {
    for (let index = 0; index < BATCH; index++) {
      operation(index % PACKETS);
    }
    done += BATCH;
    elapsedMs = performance.now() - startedMs;
  }
  return (done * 1000) / elapsedMs;
}

function buildRequest(secret: SharedSecret, index: number): Buffer {
  const octets = buildAccessRequest({
    identifier: index,
    authenticator: randomBytes(16),
    secret,
    userName: `user${index}`,
    password: "correct horse battery",
    attributes: [
      { type: AttributeType.NasIpAddress, value: Uint8Array.of(10, 0, 0, 1) },
      { type: AttributeType.NasPort, value: Uint8Array.of(0, 0, 0, index) },
      { type: AttributeType.CallingStationId, value: Buffer.from("203.0.113.17") },
      { type: AttributeType.NasIdentifier, value: Buffer.from("vpn.corp.example") },
      { type: AttributeType.ProxyState, value: Uint8Array.of(1, 2, 3, index) },
    ],
  });
  if (typeof octets === "string") {
    throw new Error(octets);
  }
  return octets;
}

function receive(octets: Uint8Array, secret: SharedSecret): Packet {
  const received = receiveRequest(octets, {
    secrets: [secret],
    requireMessageAuthenticator: true,
    limitProxyState: true,
    allowedCodes: [Code.AccessRequest, Code.StatusServer],
  });
  if ("discard" in received) {
    throw new Error(received.discard);
  }
  return received.packet;
}

function encodeReplyTo(request: Packet, secret: SharedSecret, attributes: readonly Attribute[]): Buffer {
  const octets = encodeReply({ code: Code.AccessChallenge, request, secret, attributes });
  if (octets === "too-big") {
    throw new Error(octets);
  }
  return octets;
}

function textLength(octets: Uint8Array): number {
  return decodeUtf8(octets)?.length ?? 0;
}

function at<Item>(items: readonly Item[], index: number): Item {
  return items[index] as Item;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0;
}

if (import.meta.main) {
  for (const { name, ours, theirs, ratio } of runCodecBench()) {
    const [our, their] = [ours, theirs].map((rate) => Math.round(rate).toLocaleString("en-US"));
    process.stdout.write(`${name}: ours ${our}/s, radius package ${their}/s, ${ratio.toFixed(1)} times\n`);
  }
}
