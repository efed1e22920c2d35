import { type Configuration, type ConfigurationError, readUsers, type UserEntry } from "@portcullis/configuration";
import { type Clock, fail, type KeyedDigest, ok, type Result, type Sealer, Unavailable } from "@portcullis/kit";
import { fileUserIdOf, type UserId } from "@portcullis/login";
import type { FactorSettings } from "../domain/factor-settings.js";
import { digitsOf } from "../domain/phones.js";
import { pinPlace, pinTroubles } from "../domain/pin-rules.js";
import type { KeptPin, Pins, SlowHasher } from "./factor-ports.js";
import { phonesOf } from "./file-entries.js";
import { keptHashes, pinExpiryMs } from "./set-pin.js";

/** PINs that are written at once; also how many hashes a crash may cost. */
const BATCH = 200;
/** Somebody sets a PIN by a command in the same moment; more often than that it is a fault. */
const MAX_ATTEMPTS = 3;

export interface ImportedPins {
  readonly changed: number;
  readonly removed: number;
  /** Of those that changed: how many break the rules that people have to obey. The file's word is taken all the same. */
  readonly weak: number;
}

export interface ImportPinsParts {
  readonly pins: Pins;
  readonly hasher: SlowHasher;
  readonly sealer: Sealer;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
  readonly settings: FactorSettings;
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
}

/** A PIN as the file has it, which is not what it had before. */
interface FilePin {
  readonly userId: UserId;
  readonly fileDigest: string;
  readonly hash: () => Promise<string>;
}

/**
 * Takes over the PINs of the configuration file. A PIN that the user has got otherwise since then stays, until the file has another
 * one. Plain ones are hashed one at a time, so that logins get their share.
 */
export class ImportPins {
  readonly #parts: ImportPinsParts;

  constructor(parts: ImportPinsParts) {
    this.#parts = parts;
  }

  async execute(configuration: Configuration, signal: AbortSignal): Promise<Result<ImportedPins, ConfigurationError>> {
    const { pins, onProgress } = this.#parts;
    const known = new Map(await pins.fileDigests());
    const changed: FilePin[] = [];
    let weak = 0;
    for await (const user of readUsers(configuration)) {
      if (!user.ok) return fail(user.failure);
      const told = this.#pinOf(user.value);
      if (told === undefined) continue;
      const before = known.get(told.userId);
      known.delete(told.userId);
      if (before === told.fileDigest) continue;
      changed.push(told);
      if (isWeak(user.value)) weak++;
    }
    const removed = known.size === 0 ? 0 : await pins.removeOfFile([...known.keys()]);
    for (let at = 0; at < changed.length && !signal.aborted; at += BATCH) {
      await this.#store(changed.slice(at, at + BATCH), signal);
      onProgress?.({ done: Math.min(at + BATCH, changed.length), total: changed.length });
    }
    return ok({ changed: changed.length, removed, weak });
  }

  #pinOf({ loginName, pin, pinHash }: UserEntry): FilePin | undefined {
    const { digest, hasher } = this.#parts;
    const written = pinHash ?? pin;
    if (written === undefined) return undefined;
    const userId = fileUserIdOf(digest, loginName);
    const text = written.reveal();
    const hash = pinHash === undefined ? () => hasher.hash(Buffer.from(text)) : () => Promise.resolve(text);
    return { userId, fileDigest: digest.hex("file-pin", userId, text), hash };
  }

  async #store(told: readonly FilePin[], signal: AbortSignal): Promise<void> {
    const hashed: (readonly [FilePin, string])[] = [];
    for (const pin of told) {
      if (signal.aborted) return;
      hashed.push([pin, await pin.hash()]);
    }
    let waiting = hashed;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS && waiting.length > 0; attempt++) {
      const before = await Promise.all(waiting.map(([{ userId }]) => this.#parts.pins.find(userId)));
      const kept = await this.#parts.pins.keep(
        waiting.map(([pin, hash], at) => this.#following(before[at], pin, hash)),
      );
      waiting = waiting.filter(([{ userId }]) => !kept.has(userId));
    }
    if (waiting.length > 0) throw new Unavailable("PINs were changed by others all the time.");
  }

  #following(known: KeptPin | undefined, { userId, fileDigest }: FilePin, hash: string): KeptPin {
    const { sealer, settings, clock } = this.#parts;
    const opened = known && sealer.open(known.sealedHashes, pinPlace(userId));
    const hashes = [hash, ...(opened === undefined ? [] : opened.toString().split("\n"))];
    const setAtMs = clock.nowMs();
    return {
      userId,
      sealedHashes: sealer.seal(Buffer.from(keptHashes(hashes, settings)), pinPlace(userId)),
      version: (known?.version ?? 0) + 1,
      source: "file",
      fileDigest,
      setAtMs,
      mustChange: false,
      expiresAtMs: pinExpiryMs(setAtMs, settings),
    };
  }
}

/** Of a hash nobody can tell. */
function isWeak(user: UserEntry): boolean {
  const phones = phonesOf(user);
  return user.pin !== undefined && pinTroubles(user.pin.reveal(), phones ? digitsOf(phones) : []).length > 0;
}
