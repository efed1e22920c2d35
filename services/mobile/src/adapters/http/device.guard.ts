import {
  type CanActivate,
  type ExecutionContext,
  HttpException,
  Inject,
  Injectable,
  UnauthorizedException,
} from "@nestjs/common";
import { CLOCK, type Clock } from "@portcullis/kit";
import { AuthenticateDevice, type CallRefusal } from "../../application/authenticate-device.js";
import { FailureLimit } from "../../domain/failure-limit.js";
import { bodyBytesOf, type DeviceRequest, errorOf } from "./call.js";
import { SourceAddresses } from "./source-address.js";

const AUTHORIZATION = /^Portcullis-Device ([A-Za-z0-9_.-]{64,2048})$/;
/** Calls that are no device's: enough for a clock that is wrong on every device of an office behind one address. */
const BAD_CALLS = { perSource: 300, overall: 20_000, windowMs: 60_000 };

const SENTENCES: Readonly<Record<CallRefusal, string>> = {
  wrong: "The call is not signed by an active device.",
  stale: "The device's clock is wrong.",
  replayed: "This call was made before.",
};

/** Lets in calls that an active device has signed. Fail closed. */
@Injectable()
export class DeviceGuard implements CanActivate {
  readonly #badCalls = new FailureLimit(BAD_CALLS);

  constructor(
    @Inject(AuthenticateDevice) private readonly authenticate: AuthenticateDevice,
    @Inject(SourceAddresses) private readonly sources: SourceAddresses,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<DeviceRequest>();
    const source = this.sources.of(request);
    if (!this.#badCalls.allows(source, this.clock.nowMs())) {
      throw new HttpException(errorOf("too-many", "Too many wrong calls come from this address."), 429);
    }
    const refusal = await this.#refusalOf(request);
    if (refusal === undefined) return true;
    this.#badCalls.reserve(source, this.clock.nowMs());
    const body = errorOf(refusal, SENTENCES[refusal], { serverTimeMs: this.clock.nowMs() });
    throw new UnauthorizedException(body);
  }

  async #refusalOf(request: DeviceRequest): Promise<CallRefusal | undefined> {
    const body = bodyBytesOf(request);
    const header = request.headers["authorization"];
    const token = typeof header === "string" ? AUTHORIZATION.exec(header)?.[1] : undefined;
    if (token === undefined) return "wrong";
    const call = { method: request.method, path: request.originalUrl, body };
    const authenticated = await this.authenticate.execute(token, call);
    if (!authenticated.ok) return authenticated.failure;
    request.caller = authenticated.value;
    return undefined;
  }
}
