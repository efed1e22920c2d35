import type { UserId } from "@portcullis/login";
import type { Token } from "./token.js";

export const METHOD_NAMES = ["oath", "sms", "voice", "app", "manual"] as const;

/** A method of the second factor, as the configuration names it. */
export type MethodName = (typeof METHOD_NAMES)[number];

export const LANGUAGES = ["en", "de", "fr", "es", "pt", "ja"] as const;

export type Language = (typeof LANGUAGES)[number];

/** How each method asks this user. */
export interface MethodModes {
  readonly sms: "one-way" | "one-way-pin" | "two-way" | "two-way-pin";
  readonly voice: "standard" | "pin";
  readonly app: "standard" | "pin";
}

/** What the second factor of a user is made of. */
export interface UserFactors {
  /** A user of whom there is no copy here yet is enabled: authn-primary, who has one, let her pass. */
  readonly enabled: boolean;
  /** Groups that the user is in, as the rules for reply attributes name them; none while there is no copy. */
  readonly groups: readonly string[];
  /** Those of her devices are among them. */
  readonly tokens: readonly Token[];
  /** Devices that may answer. */
  readonly devices: readonly string[];
  /** In milliseconds since 1970, perhaps past; Infinity until somebody unblocks her; undefined: she is not blocked. */
  readonly blockedUntilMs: number | undefined;
  /** A `Phones` message sealed for `userPhonesPlace`; undefined: she has none. */
  readonly sealedPhones: Uint8Array | undefined;
  readonly language: Language;
  /** Which she may use; undefined: all that she has. */
  readonly allowedMethods: readonly MethodName[] | undefined;
  readonly defaultMethod: MethodName | undefined;
  readonly modes: MethodModes;
  /** Undefined: she has none. */
  readonly pin: PinStanding | undefined;
  /** Given and not used yet; whether its time is over is for the caller to see. */
  readonly bypass: Bypass | undefined;
}

interface PinStanding {
  /** It may only be used to set another one. */
  readonly mustChange: boolean;
  /** Undefined: never. */
  readonly expiresAtMs: number | undefined;
}

/** One login without a second factor. */
interface Bypass {
  readonly bypassId: string;
  readonly untilMs: number;
}

/** What is true of a user of whom nothing is known here. */
export const UNKNOWN_USER: UserFactors = {
  enabled: true,
  groups: [],
  tokens: [],
  devices: [],
  blockedUntilMs: undefined,
  sealedPhones: undefined,
  language: "en",
  allowedMethods: undefined,
  defaultMethod: undefined,
  modes: { sms: "one-way", voice: "standard", app: "standard" },
  pin: undefined,
  bypass: undefined,
};

/** Associated data of a user's sealed phones, so that they can't be given to another user. */
export const userPhonesPlace = (userId: UserId): string => `user/phones/${userId}`;
