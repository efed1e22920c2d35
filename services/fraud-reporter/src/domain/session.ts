/** What a client told of a session, or of all sessions of a NAS. Times are milliseconds since 1970. */
export interface SessionRecord {
  /** Of what the packet says: the same for the same event, however often the NAS sends it. */
  readonly recordId: string;
  readonly client: string;
  readonly status: "start" | "stop" | "interim" | "nas-on" | "nas-off";
  readonly nas: string;
  /** Empty when all sessions of the NAS are meant. */
  readonly sessionId: string;
  readonly userName: string;
  readonly station: string;
  readonly calledStation: string;
  readonly framedAddress: string;
  /** Hexadecimal. */
  readonly class: string;
  readonly inputOctets: bigint;
  readonly outputOctets: bigint;
  readonly seconds: number;
  /** Acct-Terminate-Cause; 0 for none. */
  readonly terminateCause: number;
  readonly occurredAtMs: number;
  readonly sourceAddress: string;
}

/** A session as it is kept. */
export interface Session {
  readonly client: string;
  readonly nas: string;
  readonly sessionId: string;
  /** A NAS may give a later session the id of one that has ended: 1 for the first, 2 for the next. */
  readonly run: number;
  readonly userName: string;
  readonly station: string;
  readonly calledStation: string;
  readonly framedAddress: string;
  readonly class: string;
  readonly sourceAddress: string;
  readonly startedAtMs: number;
  readonly heardAtMs: number;
  /** Undefined while it is open. */
  readonly endedAtMs: number | undefined;
  /** Why it ended, as a word; empty while it is open. */
  readonly endedBy: string;
  readonly inputOctets: bigint;
  readonly outputOctets: bigint;
  readonly seconds: number;
  /** The Start that opened it; empty when that has not come. */
  readonly startRecordId: string;
}

/** How late after a session's end its own records may still come and say a later time. */
const LATE_MS = 60_000;

/** Values of Acct-Terminate-Cause by their number. RFC 2866 section 5.10. */
const CAUSES: readonly string[] = [
  "unknown",
  "user-request",
  "lost-carrier",
  "lost-service",
  "idle-timeout",
  "session-timeout",
  "admin-reset",
  "admin-reboot",
  "port-error",
  "nas-error",
  "nas-request",
  "nas-reboot",
  "port-unneeded",
  "port-preempted",
  "port-suspended",
  "service-unavailable",
  "callback",
  "user-error",
  "host-request",
  "supplicant-restart",
  "reauthentication-failure",
  "port-reinitialized",
  "port-disabled",
];

/**
 * The session after a record of it. Pure, and idempotent: the same record again changes nothing, and records that come in
 * another order than they were made lead to the same session.
 * @param known the newest run of the session; undefined when there is none
 * @returns what to keep: `known` changed, or its next run
 */
export function afterRecord(known: Session | undefined, record: SessionRecord): Session {
  if (known === undefined) return opened(record, 1);
  // Redelivered: it is of a run that has ended before this one began.
  if (known.run > 1 && record.occurredAtMs < known.startedAtMs) return known;
  return isOfAnotherRun(known, record) ? opened(record, known.run + 1) : changed(known, record);
}

function isOfAnotherRun(known: Session, { status, recordId, occurredAtMs }: SessionRecord): boolean {
  if (known.endedAtMs === undefined) return false;
  const isNewStart = status === "start" && recordId !== known.startRecordId;
  if (isAssumed(known) && status !== "start") return false;
  return occurredAtMs > known.endedAtMs + (isNewStart ? 0 : LATE_MS);
}

/** Whether the session ended because its NAS did: what the session itself says later counts more. */
function isAssumed({ endedBy }: Session): boolean {
  return endedBy === "nas-on" || endedBy === "nas-off";
}

function opened(record: SessionRecord, run: number): Session {
  const { client, nas, sessionId, userName, station, calledStation, framedAddress, sourceAddress } = record;
  const blank: Session = {
    client,
    nas,
    sessionId,
    run,
    userName,
    station,
    calledStation,
    framedAddress,
    class: record.class,
    sourceAddress,
    startedAtMs: startOf(record),
    heardAtMs: record.occurredAtMs,
    endedAtMs: undefined,
    endedBy: "",
    inputOctets: 0n,
    outputOctets: 0n,
    seconds: 0,
    startRecordId: "",
  };
  return changed(blank, record);
}

/** Counters only grow, the earliest start and the first end stand, and what is known is not lost by who leaves it out. */
function changed(known: Session, record: SessionRecord): Session {
  const { status, occurredAtMs } = record;
  const isNewest = occurredAtMs >= known.heardAtMs;
  const told = (was: string, is: string) => (is !== "" && (isNewest || was === "") ? is : was);
  const isOpen = known.endedAtMs === undefined || isAssumed(known);
  const ends = status === "stop" && isOpen;
  const goesOn = status === "interim" && isAssumed(known) && occurredAtMs > (known.endedAtMs ?? 0);
  const isStart = status === "start" && known.startRecordId === "";
  return {
    ...known,
    userName: told(known.userName, record.userName),
    station: told(known.station, record.station),
    calledStation: told(known.calledStation, record.calledStation),
    framedAddress: told(known.framedAddress, record.framedAddress),
    class: told(known.class, record.class),
    startedAtMs: Math.min(known.startedAtMs, startOf(record)),
    heardAtMs: Math.max(known.heardAtMs, occurredAtMs),
    inputOctets: larger(known.inputOctets, record.inputOctets),
    outputOctets: larger(known.outputOctets, record.outputOctets),
    seconds: Math.max(known.seconds, record.seconds),
    ...(isStart ? { startRecordId: record.recordId } : {}),
    ...(goesOn ? { endedAtMs: undefined, endedBy: "" } : {}),
    ...(ends ? { endedAtMs: occurredAtMs, endedBy: causeOf(record.terminateCause) } : {}),
  };
}

/** A Start says when it was; of any other record, that less the session's time. */
function startOf({ status, occurredAtMs, seconds }: SessionRecord): number {
  return status === "start" ? occurredAtMs : Math.max(0, occurredAtMs - seconds * 1_000);
}

function causeOf(terminateCause: number): string {
  return CAUSES[terminateCause] ?? `cause-${terminateCause}`;
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
