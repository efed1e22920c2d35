import { type Clock, fail, type KeyedDigest, ok, type Random, type Result } from "@portcullis/kit";
import { loginNameOf } from "@portcullis/login";
import { type ActivationCode, makeActivationCode, shownCode } from "../domain/activation-code.js";
import type { Devices, Settings, Users } from "./ports.js";

export interface Activation {
  /** As people see it. */
  readonly code: string;
  /** Where the app is, with the code in the fragment: what stands there never reaches a server's log. */
  readonly url: string;
  readonly userName: string;
  readonly expiresAtMs: number;
}

export interface CreateActivationParts {
  readonly users: Users;
  readonly devices: Devices;
  readonly settings: Settings;
  readonly digest: KeyedDigest;
  readonly random: Random;
  readonly clock: Clock;
}

/** The digest under which a code is kept: who reads the database can't activate anything. */
export const codeDigestOf = (digest: KeyedDigest, code: ActivationCode): string => digest.hex("activation-code", code);

/** Makes a code with which one device of a user may be activated, once and soon. */
export class CreateActivation {
  readonly #parts: CreateActivationParts;

  constructor(parts: CreateActivationParts) {
    this.#parts = parts;
  }

  /** @param userName in any of its forms */
  async execute(
    userName: string,
  ): Promise<Result<Activation, "not-configured" | "unknown-user" | "user-switched-off">> {
    const { users, devices, settings, digest, random, clock } = this.#parts;
    const { current } = settings;
    if (current === undefined) return fail("not-configured");
    const user = await users.findByLoginName(loginNameOf(userName));
    if (user === undefined) return fail("unknown-user");
    if (!user.enabled) return fail("user-switched-off");
    const code = makeActivationCode(random);
    const nowMs = clock.nowMs();
    const expiresAtMs = nowMs + current.activationMinutes * 60_000;
    await devices.keepCode({ digest: codeDigestOf(digest, code), userId: user.userId, expiresAtMs, nowMs });
    const shown = shownCode(code);
    return ok({ code: shown, url: `${current.publicUrl}/#activate=${shown}`, userName: user.name, expiresAtMs });
  }
}
