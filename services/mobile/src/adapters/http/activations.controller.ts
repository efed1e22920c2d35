import {
  ConflictException,
  Controller,
  Header,
  HttpCode,
  HttpException,
  Inject,
  NotFoundException,
  Post,
  Req,
  UnprocessableEntityException,
  UseFilters,
} from "@nestjs/common";
import { CLOCK, type Clock } from "@portcullis/kit";
import { z } from "zod";
import { ActivateDevice, type ActivationRefusal } from "../../application/activate-device.js";
import { FailureLimit } from "../../domain/failure-limit.js";
import { OATH } from "../../domain/oath-secret.js";
import { type DeviceRequest, errorOf, NEVER_STORED, parsed } from "./call.js";
import { DeviceErrorFilter } from "./device-error.filter.js";
import { shownText } from "./shown-text.js";
import { SourceAddresses } from "./source-address.js";

/** Wrong codes. One source has ten guesses in ten minutes, all together some hundred a minute, of 2^49 codes. */
const WRONG_CODES = { perSource: 10, overall: 1_000, windowMs: 600_000 };
const MAX_CODE_LENGTH = 32;
const MAX_NAME_LENGTH = 64;
const MAX_PLATFORM_LENGTH = 64;

const Coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** A JWK (RFC 7517) of a public key on P-256. What browsers add (key_ops, ext) is not looked at; a private key is refused. */
const PublicKey = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: Coordinate,
  y: Coordinate,
  d: z.never().optional(),
});
const Activation = z.strictObject({
  code: z.string().min(1).max(MAX_CODE_LENGTH),
  publicKey: PublicKey,
  name: shownText(MAX_NAME_LENGTH),
  platform: shownText(MAX_PLATFORM_LENGTH),
});

/** The one call that no device signs: it makes one. */
@Controller("device/v1/activations")
@UseFilters(DeviceErrorFilter)
export class ActivationsController {
  readonly #wrongCodes = new FailureLimit(WRONG_CODES);

  constructor(
    @Inject(ActivateDevice) private readonly activateDevice: ActivateDevice,
    @Inject(SourceAddresses) private readonly sources: SourceAddresses,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(201)
  @Header(...NEVER_STORED)
  async activate(@Req() request: DeviceRequest) {
    const activation = parsed(Activation, request);
    const source = this.sources.of(request);
    if (!this.#wrongCodes.reserve(source, this.clock.nowMs())) {
      throw new HttpException(errorOf("too-many", "Too many wrong codes: wait ten minutes."), 429);
    }
    const activated = await this.activateDevice.execute(activation).catch((error: unknown) => {
      this.#wrongCodes.release(source);
      throw error;
    });
    if (activated.ok || activated.failure !== "refused") this.#wrongCodes.release(source);
    if (!activated.ok) throw refusal(activated.failure);
    const { oathSecret, vapidPublicKey, ...device } = activated.value;
    const oath = { secret: oathSecret, digits: OATH.digits, period: OATH.periodSeconds, algorithm: "SHA1" };
    return { ...device, oath, serverTimeMs: this.clock.nowMs(), ...(vapidPublicKey && { vapidPublicKey }) };
  }
}

/** A wrong, a used and an expired code, and one of a user who is switched off, are one and the same. */
function refusal(reason: ActivationRefusal): HttpException {
  switch (reason) {
    case "refused":
      return new NotFoundException(errorOf("refused", "The code is wrong, was used, or its time is over."));
    case "bad-key":
      return new UnprocessableEntityException(errorOf("bad-key", "The key is none on P-256."));
    case "too-many-devices":
      return new ConflictException(errorOf("too-many-devices", "Remove another device of yours first."));
    case "not-configured":
      return new ConflictException(errorOf("not-configured", "The app is not configured here."));
  }
}
