import type { IncomingMessage, ServerResponse } from "node:http";
import { BadRequestException, PayloadTooLargeException } from "@nestjs/common";
import type { z } from "zod";
import type { Caller } from "../../application/authenticate-device.js";

/** The most that a device may send. */
const MAX_BODY_BYTES = 16_384;

/** A request as Fastify gives it; with the octets of its body, which are what a device has signed. */
export interface DeviceRequest {
  readonly method: string;
  /** As it was sent, with its query. */
  readonly originalUrl: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawBody?: Buffer;
  readonly body: unknown;
  readonly raw: IncomingMessage;
  /** Set when the signature was right. */
  caller?: Caller;
}

/** Nothing of what devices are told stays with a browser or a proxy. */
export const NEVER_STORED = ["cache-control", "no-store"] as const;

const NOTHING = Buffer.alloc(0);

export function bodyBytesOf({ rawBody = NOTHING }: DeviceRequest): Buffer {
  if (rawBody.length > MAX_BODY_BYTES)
    throw new PayloadTooLargeException(errorOf("too-large", "The body is too long."));
  return rawBody;
}

/** What a refused call gets: a word for programs and a sentence for people. */
export function errorOf(error: string, message: string, more: object = {}): object {
  return { error, message, ...more };
}

/** The body in the shape that is expected; its size is checked first. */
export function parsed<Schema extends z.ZodType>(schema: Schema, request: DeviceRequest): z.output<Schema> {
  bodyBytesOf(request);
  const result = schema.safeParse(request.body);
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join(".") || "the body";
  throw new BadRequestException(errorOf("malformed", `Wrong or missing: ${where}.`));
}

/** A reply as Fastify gives it. */
export interface DeviceReply {
  readonly raw: ServerResponse;
  status(code: number): unknown;
}

/** Ends when the reply has been sent, or when the other end does not wait for it any more. */
export function signalOf({ raw }: DeviceReply): AbortSignal {
  const gone = new AbortController();
  raw.once("close", () => gone.abort());
  return gone.signal;
}
