import { deviceSerial, type Token } from "../../domain/token.js";
import type { TotpAlgorithm } from "../../domain/totp.js";
import {
  type Language,
  type MethodModes,
  type MethodName,
  UNKNOWN_USER,
  type UserFactors,
} from "../../domain/user-factors.js";

const DEVICE_PREFIX_LENGTH = deviceSerial("").length;

/** A user, and one of her tokens. Without a row of hers all but the id is null; without a token, what is a token's. */
export interface FactorRow extends UserColumns {
  readonly user_id: string;
  readonly serial: string | null;
  readonly source: string;
  readonly sealed_secret: Uint8Array;
  readonly type: Token["type"];
  readonly algorithm: TotpAlgorithm;
  readonly digits: number;
  readonly period_seconds: number;
  readonly last_step: number;
  readonly last_answer_id: string;
  readonly drift_steps: number;
}

interface UserColumns {
  readonly enabled: boolean | null;
  readonly groups: readonly string[];
  /** 0: until somebody unblocks her. */
  readonly blocked_until_ms: number | null;
  readonly sealed_phones: Uint8Array | null;
  readonly language: Language;
  readonly allowed_methods: readonly MethodName[] | null;
  readonly default_method: MethodName | null;
  readonly sms_mode: MethodModes["sms"];
  readonly voice_mode: MethodModes["voice"];
  readonly app_mode: MethodModes["app"];
  /** Null: she has no PIN. */
  readonly pin_must_change: boolean | null;
  readonly pin_expires_at_ms: number | null;
  readonly bypass_id: string | null;
  readonly bypass_until_ms: number | null;
}

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
    factors.tokens.push(tokenOf(row, row.serial));
    if (row.source === "device") factors.devices.push(row.serial.slice(DEVICE_PREFIX_LENGTH));
  }
  return found;
}

function userOf(row: UserColumns): UserFactors {
  if (row.enabled === null) return UNKNOWN_USER;
  const blocked = row.blocked_until_ms;
  return {
    enabled: row.enabled,
    groups: row.groups,
    tokens: [],
    devices: [],
    blockedUntilMs: blocked === null ? undefined : blocked === 0 ? Number.POSITIVE_INFINITY : blocked,
    sealedPhones: row.sealed_phones ?? undefined,
    language: row.language,
    allowedMethods: row.allowed_methods ?? undefined,
    defaultMethod: row.default_method ?? undefined,
    modes: { sms: row.sms_mode, voice: row.voice_mode, app: row.app_mode },
    pin:
      row.pin_must_change === null
        ? undefined
        : { mustChange: row.pin_must_change, expiresAtMs: row.pin_expires_at_ms ?? undefined },
    bypass:
      row.bypass_id === null || row.bypass_until_ms === null
        ? undefined
        : { bypassId: row.bypass_id, untilMs: row.bypass_until_ms },
  };
}

function tokenOf(row: FactorRow, serial: string): Token {
  return {
    serial,
    sealedSecret: row.sealed_secret,
    type: row.type,
    algorithm: row.algorithm,
    digits: row.digits,
    periodSeconds: row.period_seconds,
    lastStep: row.last_step,
    lastAnswerId: row.last_answer_id,
    driftSteps: row.drift_steps,
  };
}
