import { deviceSerial, type Token } from "../../domain/token.js";
import type { TotpAlgorithm } from "../../domain/totp.js";
import {
  type Language,
  type MethodModes,
  type MethodName,
  UNKNOWN_USER,
  type UserFactors,
} from "../../domain/user-factors.js";

/** A user, and one of her tokens. Without a row of hers all but the id is null; without a token, what is a token's. */
export interface FactorRow {
  readonly user_id: string;
  readonly enabled: boolean | null;
  readonly groups: readonly string[];
  /** A `UserMore` in JSON; null: as UNKNOWN_USER has it. */
  readonly more: string | null;
  readonly serial: string | null;
  readonly sealed_secret: Uint8Array;
  readonly algorithm: TotpAlgorithm;
  readonly digits: number;
  readonly period_seconds: number;
  readonly last_step: number;
  readonly last_answer_id: string;
  /** A `TokenMore` in JSON; null: it counts by time, and its clock is right. */
  readonly token_more: string | null;
}

type UserMore = readonly [
  /** 0: until somebody unblocks her. */
  blockedUntilMs: number | null,
  sealedPhonesHex: string | null,
  language: Language,
  allowedMethods: readonly MethodName[] | null,
  defaultMethod: MethodName | null,
  sms: MethodModes["sms"],
  voice: MethodModes["voice"],
  app: MethodModes["app"],
  /** Null: she has no PIN. */
  pinMustChange: boolean | null,
  pinExpiresAtMs: number | null,
  bypassId: string | null,
  bypassUntilMs: number | null,
];

type TokenMore = readonly [source: string, type: Token["type"], driftSteps: number];

const DEVICE_PREFIX_LENGTH = deviceSerial("").length;
const PLAIN_TOKEN: TokenMore = ["file", "totp", 0];

/** Collects the rows of a statement: a user has one for each of her tokens, one at least. */
export function factorsOf(rows: readonly FactorRow[]): Map<string, UserFactors> {
  const found = new Map<string, UserFactors & { tokens: Token[]; devices: string[] }>();
  for (const row of rows) {
    let factors = found.get(row.user_id);
    if (factors === undefined) {
      factors = { ...userOf(row), tokens: [], devices: [] };
      found.set(row.user_id, factors);
    }
    if (row.serial === null) continue;
    const more = row.token_more === null ? PLAIN_TOKEN : (JSON.parse(row.token_more) as TokenMore);
    factors.tokens.push(tokenOf(row, row.serial, more));
    if (more[0] === "device") factors.devices.push(row.serial.slice(DEVICE_PREFIX_LENGTH));
  }
  return found;
}

function userOf({ enabled, groups, more }: FactorRow): UserFactors {
  if (enabled === null) return UNKNOWN_USER;
  if (more === null) return { ...UNKNOWN_USER, enabled, groups };
  return { ...UNKNOWN_USER, enabled, groups, ...moreOf(JSON.parse(more) as UserMore) };
}

function moreOf(more: UserMore): Omit<UserFactors, "enabled" | "groups" | "tokens" | "devices"> {
  const [blockedUntilMs, phonesHex, language, allowedMethods, defaultMethod, sms, voice, app, ...others] = more;
  const [mustChange, expiresAtMs, bypassId, bypassUntilMs] = others;
  return {
    blockedUntilMs: blockedUntilMs === 0 ? Number.POSITIVE_INFINITY : (blockedUntilMs ?? undefined),
    sealedPhones: phonesHex === null ? undefined : Buffer.from(phonesHex, "hex"),
    language,
    allowedMethods: allowedMethods ?? undefined,
    defaultMethod: defaultMethod ?? undefined,
    modes: { sms, voice, app },
    pin: mustChange === null ? undefined : { mustChange, expiresAtMs: expiresAtMs ?? undefined },
    bypass: bypassId === null || bypassUntilMs === null ? undefined : { bypassId, untilMs: bypassUntilMs },
  };
}

function tokenOf(row: FactorRow, serial: string, [, type, driftSteps]: TokenMore): Token {
  return {
    serial,
    sealedSecret: row.sealed_secret,
    type,
    algorithm: row.algorithm,
    digits: row.digits,
    periodSeconds: row.period_seconds,
    lastStep: row.last_step,
    lastAnswerId: row.last_answer_id,
    driftSteps,
  };
}
