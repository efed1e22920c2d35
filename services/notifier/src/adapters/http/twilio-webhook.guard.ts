import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  HttpException,
  Inject,
  Injectable,
} from "@nestjs/common";
import { METRICS } from "@portcullis/kit";
import { Counter, type Registry } from "prom-client";
import { z } from "zod";
import { ProviderRegistry } from "../providers/provider-registry.js";
import { TwilioProvider } from "../providers/twilio/twilio-provider.js";
import { RequestBudget } from "./request-budget.js";

const TOO_MANY = 429;
const MAX_FIELDS = 100;
/** A field that comes twice is not what Twilio sends, so it is none of its. */
const Form = z
  .record(z.string().max(200), z.string().max(10_000))
  .refine((form) => Object.keys(form).length <= MAX_FIELDS);

interface Request {
  readonly params: { readonly provider?: string };
  readonly headers: { readonly "x-twilio-signature"?: string };
  readonly body: unknown;
  readonly url: string;
  readonly ip: string;
}

/**
 * Lets in what Twilio has signed for exactly this URL, and nothing else. Fail closed: without a signature, a known provider or
 * a public URL nobody is let in.
 */
@Injectable()
export class TwilioWebhookGuard implements CanActivate {
  readonly #registry: ProviderRegistry;
  readonly #budget: RequestBudget;
  readonly #refused: Counter<"reason">;

  constructor(
    @Inject(ProviderRegistry) registry: ProviderRegistry,
    @Inject(RequestBudget) budget: RequestBudget,
    @Inject(METRICS) metrics: Registry,
  ) {
    this.#registry = registry;
    this.#budget = budget;
    this.#refused = new Counter({
      name: "portcullis_webhooks_refused_total",
      help: "Webhooks of providers that were not let in.",
      labelNames: ["reason"],
      registers: [metrics],
    });
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    if (!this.#budget.take(request.ip)) {
      this.#refused.inc({ reason: "too-many" });
      throw new HttpException("Too many requests.", TOO_MANY);
    }
    const provider = this.#registry.find(request.params.provider ?? "");
    const form = Form.safeParse({ ...(request.body as object | null) });
    const signature = request.headers["x-twilio-signature"];
    const isTwilio =
      provider instanceof TwilioProvider && form.success && provider.isWebhook(request.url, form.data, signature);
    if (isTwilio) return true;
    this.#refused.inc({ reason: "signature" });
    throw new ForbiddenException("The signature is missing or wrong.");
  }
}
