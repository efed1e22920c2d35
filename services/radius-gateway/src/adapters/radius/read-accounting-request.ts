import { hash } from "node:crypto";
import {
  AcctStatusType,
  AttributeType,
  clearRequestAttributes,
  isMalformed,
  type Packet,
  type ReceivedRequest,
} from "@portcullis/radius";
import type { AccountingRecord, AccountingRequest, RecordedStatus } from "../../domain/accounting-request.js";
import { exchangeIdOf, exchangeSourceOf, type PacketRoute, slotOf } from "../../domain/exchange-id.js";
import { printable } from "../../domain/printable.js";
import type { RadiusClient } from "./radius-client.js";

const MAX_TEXT_BYTES = 253;
const ID_CHARACTERS = 32;
const INTEGER_BYTES = 4;
const NOTHING = new Uint8Array();

const STATUSES: ReadonlyMap<number, RecordedStatus> = new Map([
  [AcctStatusType.Start, "start"],
  [AcctStatusType.Stop, "stop"],
  [AcctStatusType.InterimUpdate, "interim"],
  [AcctStatusType.AccountingOn, "nas-on"],
  [AcctStatusType.AccountingOff, "nas-off"],
]);

/** What differs between two attempts to send the same event. RFC 2866 sections 3 and 5.2. */
const OF_ONE_ATTEMPT: ReadonlySet<number> = new Set([
  AttributeType.AcctDelayTime,
  AttributeType.ProxyState,
  AttributeType.MessageAuthenticator,
]);

/** A packet of which nothing can be kept: another status (tunnels, failures), or a session without its id. */
type Unrecorded = "other" | "without-session-id";

/** An Accounting-Request as it was read. */
interface ReadAccounting {
  /** Of a closed list, for the metric. */
  readonly status: RecordedStatus | Unrecorded;
  /** Undefined where there is nothing to do but answer. */
  readonly request: AccountingRequest | undefined;
}

/** Reads what has to be done with an Accounting-Request: record it, or pass it on to the target as it is. */
export function readAccountingRequest(
  { packet, secret }: ReceivedRequest,
  client: RadiusClient,
  route: PacketRoute,
): ReadAccounting {
  const record = readRecord(packet, client.name, route.sourceAddress);
  const status = typeof record === "string" ? record : record.status;
  const exchange = {
    exchangeId: exchangeIdOf(exchangeSourceOf(route), packet.octets),
    // RFC 5080 section 2.2.2: a login may have the same Identifier.
    slot: `${slotOf(route, packet.identifier)}|accounting`,
    client,
    sourceAddress: route.sourceAddress,
    key: keyOf(packet, route.sourceAddress),
  };
  if (client.accounting === "forward") {
    const attributes = clearRequestAttributes(packet, secret);
    if (isMalformed(attributes)) return { status, request: undefined };
    return { status, request: { ...exchange, work: { kind: "forward", attributes } } };
  }
  const request = typeof record === "string" ? undefined : { ...exchange, work: { kind: "record", record } as const };
  return { status, request };
}

function keyOf(packet: Packet, sourceAddress: string): AccountingRequest["key"] {
  const userName = text(packet, AttributeType.UserName);
  if (userName !== "") return { userName };
  return { session: [nasOf(packet) || sourceAddress, text(packet, AttributeType.AcctSessionId)] };
}

/** RFC 2866, RFC 2869 sections 5.1 to 5.3. */
function readRecord(packet: Packet, client: string, sourceAddress: string): AccountingRecord | Unrecorded {
  const status = STATUSES.get(integer(packet, AttributeType.AcctStatusType) ?? 0);
  if (status === undefined) return "other";
  const ofNas = status === "nas-on" || status === "nas-off";
  const sessionId = ofNas ? "" : text(packet, AttributeType.AcctSessionId);
  if (sessionId === "" && !ofNas) return "without-session-id";
  const eventAt = integer(packet, AttributeType.EventTimestamp);
  return {
    recordId: recordIdOf(packet, client),
    status,
    nas: nasOf(packet) || sourceAddress,
    sessionId,
    userName: text(packet, AttributeType.UserName),
    station: text(packet, AttributeType.CallingStationId),
    calledStation: text(packet, AttributeType.CalledStationId),
    framedAddress: ipv4(packet, AttributeType.FramedIpAddress),
    class: new Uint8Array(packet.first(AttributeType.Class) ?? NOTHING),
    inputOctets: counter(packet, AttributeType.AcctInputOctets, AttributeType.AcctInputGigawords),
    outputOctets: counter(packet, AttributeType.AcctOutputOctets, AttributeType.AcctOutputGigawords),
    seconds: integer(packet, AttributeType.AcctSessionTime) ?? 0,
    terminateCause: integer(packet, AttributeType.AcctTerminateCause) ?? 0,
    timing: {
      delaySeconds: integer(packet, AttributeType.AcctDelayTime) ?? 0,
      eventAtMs: eventAt === undefined ? undefined : eventAt * 1_000,
    },
  };
}

function recordIdOf(packet: Packet, client: string): string {
  const parts: Uint8Array[] = [Buffer.from(`${client}\0`)];
  for (const { type, value } of packet.attributes()) {
    if (!OF_ONE_ATTEMPT.has(type)) parts.push(Buffer.of(type, value.length), value);
  }
  return hash("sha256", Buffer.concat(parts), "hex").slice(0, ID_CHARACTERS);
}

function nasOf(packet: Packet): string {
  return (
    text(packet, AttributeType.NasIdentifier) ||
    ipv4(packet, AttributeType.NasIpAddress) ||
    ipv6(packet, AttributeType.NasIpv6Address)
  );
}

function text(packet: Packet, type: number): string {
  const value = packet.first(type);
  return value === undefined ? "" : printable(value, MAX_TEXT_BYTES);
}

/** @returns undefined when it is missing, or no number of 32 bits */
function integer(packet: Packet, type: number): number | undefined {
  const value = packet.first(type);
  if (value?.length !== INTEGER_BYTES) return undefined;
  return Buffer.from(value.buffer, value.byteOffset, INTEGER_BYTES).readUInt32BE();
}

/** Two counters of 32 bits: the second counts how often the first has started anew. RFC 2869 section 5.1. */
function counter(packet: Packet, octets: number, gigawords: number): bigint {
  return (BigInt(integer(packet, gigawords) ?? 0) << 32n) + BigInt(integer(packet, octets) ?? 0);
}

function ipv4(packet: Packet, type: number): string {
  const value = packet.first(type);
  return value?.length === 4 ? value.join(".") : "";
}

function ipv6(packet: Packet, type: number): string {
  const value = packet.first(type);
  if (value?.length !== 16) return "";
  const octets = Buffer.from(value);
  return Array.from({ length: 8 }, (_, at) => octets.readUInt16BE(at * 2).toString(16)).join(":");
}
