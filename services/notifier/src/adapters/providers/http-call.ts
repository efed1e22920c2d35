import { type Agent, type IncomingMessage, type RequestOptions, request } from "node:http";
import { request as secureRequest } from "node:https";
import type { LookupFunction } from "node:net";

/** Below the time-out of webhooks and of the line of providers. */
const LIMIT_MS = 12_000;
const MAX_ANSWER_BYTES = 65_536;

export interface HttpCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** Keeps connections; then it is not always known whether a request was seen. None: a connection of its own. */
  readonly agent?: Agent;
  /** Instead of the system's, which knows no forbidden addresses. */
  readonly lookup?: LookupFunction;
}

export type HttpResult =
  | { readonly kind: "answer"; readonly status: number; readonly body: string }
  /** There was no connection: nobody has seen the request. */
  | { readonly kind: "not-sent"; readonly why: string }
  /** There was one, and no answer came. */
  | { readonly kind: "unknown"; readonly why: string };

/**
 * One request, without redirects. Over a connection of its own it is known whether anybody can have seen it; a kept one may be
 * closed by the other side at the same moment, and then nobody knows. Never rejects.
 */
export function httpCall({ url, method, headers, body, agent, lookup }: HttpCall): Promise<HttpResult> {
  return new Promise((resolve) => {
    const target = new URL(url);
    const isSecure = target.protocol === "https:";
    const bytes = Buffer.from(body);
    const options: RequestOptions = {
      method,
      agent: agent ?? false,
      headers: { ...headers, "content-length": String(bytes.length) },
      ...(lookup === undefined ? {} : { lookup }),
    };
    const sent = (isSecure ? secureRequest : request)(target, options);
    let connected = false;
    const failed = (why: string): void => end({ kind: connected ? "unknown" : "not-sent", why });
    const timer = setTimeout(() => failed(`no answer within ${LIMIT_MS} ms`), LIMIT_MS);
    const end = (result: HttpResult): void => {
      clearTimeout(timer);
      // What has ended well may be used again.
      if (agent === undefined || result.kind !== "answer") sent.destroy();
      resolve(result);
    };
    sent.on("socket", (socket) => {
      connected = !socket.connecting && agent !== undefined;
      socket.once(isSecure ? "secureConnect" : "connect", () => {
        connected = true;
      });
    });
    // The code only: messages of libraries repeat addresses.
    sent.on("error", (error: NodeJS.ErrnoException) => failed(error.code ?? error.name));
    sent.on("response", (response) => collect(response, end));
    sent.end(bytes);
  });
}

function collect(response: IncomingMessage, end: (result: HttpResult) => void): void {
  const status = response.statusCode ?? 0;
  let body = "";
  response.setEncoding("utf8");
  response.on("data", (chunk: string) => {
    body += chunk;
    if (body.length <= MAX_ANSWER_BYTES) return;
    end({ kind: "answer", status, body: "" });
    response.destroy();
  });
  // The status is what counts; a body that breaks off is none.
  response.on("error", () => end({ kind: "answer", status, body: "" }));
  response.on("end", () => end({ kind: "answer", status, body }));
}

/** Whether an answer says for sure that nothing was done: the request was refused, or the service takes none now. */
export function isRefusal(status: number): boolean {
  return (status >= 400 && status < 500) || status === 503;
}
