import { type Clock, fail, ok, type Result } from "@portcullis/kit";
import { type Device, type DeviceUser, SEEN_EVERY_MS } from "../domain/device.js";
import { REMEMBER_PROOF_MS, refusalOf, type SignedCall } from "../domain/device-proof.js";
import type { Devices, ReplayGuard, Signatures } from "./ports.js";

/** A device that has signed the call at hand. */
export interface Caller {
  readonly device: Device;
  readonly user: DeviceUser;
}

/** `wrong`: nothing is said about what was. `stale` and `replayed` are told only to who has signed rightly. */
export type CallRefusal = "wrong" | "stale" | "replayed";

export interface AuthenticateDeviceParts {
  readonly devices: Devices;
  readonly signatures: Signatures;
  readonly replays: ReplayGuard;
  readonly clock: Clock;
}

/** Finds out which device a call is of. Fail closed: whatever is not proven is nobody's call. */
export class AuthenticateDevice {
  readonly #parts: AuthenticateDeviceParts;

  constructor(parts: AuthenticateDeviceParts) {
    this.#parts = parts;
  }

  /** Fails with `Unavailable` while what is needed to tell is away. */
  async execute(token: string, call: SignedCall): Promise<Result<Caller, CallRefusal>> {
    const { devices, signatures, replays, clock } = this.#parts;
    const deviceId = signatures.claimedDevice(token);
    const found = deviceId === undefined ? undefined : await devices.find(deviceId);
    if (found === undefined || !found.user.enabled) return fail("wrong");
    const { device } = found;
    const proof = await signatures.verify(token, device.publicKey);
    if (proof === undefined || proof.deviceId !== device.deviceId) return fail("wrong");
    const nowMs = clock.nowMs();
    const refusal = refusalOf(proof, call, nowMs);
    if (refusal !== undefined) return fail(refusal);
    if (!(await replays.isFirst(`${proof.deviceId}:${proof.nonce}`, REMEMBER_PROOF_MS))) return fail("replayed");
    if (nowMs - device.seenAtMs > SEEN_EVERY_MS) await devices.seen(device.deviceId, nowMs);
    return ok(found);
  }
}
