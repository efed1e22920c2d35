import {
  Body,
  Controller,
  Header,
  HttpCode,
  Inject,
  NotFoundException,
  Param,
  Post,
  ServiceUnavailableException,
  UseGuards,
} from "@nestjs/common";
import { isUnavailable } from "@portcullis/kit";
import { z } from "zod";
import { type CallEnd, ConductCall } from "../../application/conduct-call.js";
import type { CallPlace } from "../../application/ports.js";
import { TakeReceipt } from "../../application/take-receipt.js";
import { TakeText } from "../../application/take-text.js";
import type { Script } from "../../domain/call-script.js";
import { ProviderRegistry } from "../providers/provider-registry.js";
import { TwilioProvider } from "../providers/twilio/twilio-provider.js";
import { NOTHING_TO_SAY, twimlOf } from "../providers/twilio/twiml.js";
import { TwilioWebhookGuard } from "./twilio-webhook.guard.js";

const Place = z.object({ challengeId: z.string().regex(/^[0-9a-f]{32}$/), leg: z.enum(["first", "backup"]) });
const Step = Place.pick({ challengeId: true }).extend({ step: z.string().regex(/^text-[0-9]{1,4}$/) });
const Call = z.object({ CallSid: z.string().max(64) });
const Keys = z.object({ Digits: z.string().max(64).default(""), FinishedOnKey: z.string().max(8).default("") });
const Ended = z.object({ CallStatus: z.string().max(32) });
const InboundText = z.object({ From: z.string().max(64), Body: z.string().max(2_000).default("") });
const Status = z.object({ MessageStatus: z.string().max(32) });

/** How calls end, in Twilio's words. `canceled`: we have hung up before anybody took it. */
const CALL_ENDS: ReadonlyMap<string, CallEnd> = new Map([
  ["completed", "completed"],
  ["busy", "busy"],
  ["no-answer", "no-answer"],
  ["canceled", "no-answer"],
  ["failed", "unreachable"],
]);
const XML = "text/xml; charset=utf-8";

/** What Twilio asks while a call is open, and tells about texts. Public: the guard lets in what it has signed. */
@Controller("webhooks/twilio/:provider")
@UseGuards(TwilioWebhookGuard)
export class TwilioWebhooksController {
  constructor(
    @Inject(ConductCall) private readonly conduct: ConductCall,
    @Inject(TakeText) private readonly takeText: TakeText,
    @Inject(TakeReceipt) private readonly takeReceipt: TakeReceipt,
    @Inject(ProviderRegistry) private readonly registry: ProviderRegistry,
  ) {}

  @Post("calls/:challengeId/:leg/taken")
  @HttpCode(200)
  @Header("content-type", XML)
  async taken(@Param() params: unknown, @Param("provider") provider: string, @Body() body: unknown): Promise<string> {
    const place = read(Place, params);
    const { CallSid: reference } = read(Call, body);
    return this.#twiml(provider, place, await later(this.conduct.taken(place, { provider, reference })));
  }

  @Post("calls/:challengeId/:leg/keys")
  @HttpCode(200)
  @Header("content-type", XML)
  async keys(@Param() params: unknown, @Param("provider") provider: string, @Body() body: unknown): Promise<string> {
    const place = read(Place, params);
    const { Digits: keys, FinishedOnKey } = read(Keys, body);
    const pressed = { keys, finished: FinishedOnKey === "#" };
    return this.#twiml(provider, place, await later(this.conduct.pressed(place, pressed)));
  }

  @Post("calls/:challengeId/:leg/ended")
  @HttpCode(204)
  async ended(@Param() params: unknown, @Body() body: unknown): Promise<void> {
    const end = CALL_ENDS.get(read(Ended, body).CallStatus);
    if (end !== undefined) await later(this.conduct.ended(read(Place, params), end));
  }

  /** A text that came in: its number is set to this URL at Twilio. */
  @Post("texts")
  @HttpCode(200)
  @Header("content-type", XML)
  async text(@Body() body: unknown): Promise<string> {
    const { From: from, Body: text } = read(InboundText, body);
    await later(this.takeText.execute(from, text));
    return NOTHING_TO_SAY;
  }

  @Post("texts/:challengeId/:step/status")
  @HttpCode(204)
  async status(@Param() params: unknown, @Param("provider") provider: string, @Body() body: unknown): Promise<void> {
    const { MessageStatus: status } = read(Status, body);
    const key = read(Step, params);
    if (status === "delivered") await later(this.takeReceipt.execute(provider, key, "delivered"));
    if (status === "undelivered" || status === "failed") {
      await later(this.takeReceipt.execute(provider, key, "unreachable"));
    }
  }

  #twiml(name: string, place: CallPlace, script: Script): string {
    const provider = this.registry.find(name);
    if (!(provider instanceof TwilioProvider)) throw new NotFoundException(); // It was there when the guard looked.
    return twimlOf(script, provider.callUrl(place, "keys"));
  }
}

/** What is signed and yet not what we know: nothing of ours. */
function read<Value>(schema: z.ZodType<Value>, from: unknown): Value {
  const read = schema.safeParse({ ...(from as object | null) });
  if (read.success) return read.data;
  throw new NotFoundException();
}

async function later<Value>(doing: Promise<Value>): Promise<Value> {
  try {
    return await doing;
  } catch (error) {
    if (isUnavailable(error)) throw new ServiceUnavailableException("Try again later.");
    throw error;
  }
}
