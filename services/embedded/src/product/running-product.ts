import { readFileSync } from "node:fs";
import { request } from "node:http";
import { request as secureRequest } from "node:https";
import { CommandError } from "../terminal/fail.js";
import { socketPathOf } from "./socket-path.js";

const TIMEOUT_MS = 600_000;
/** Ten thousand clients with all that is counted of them need some megabytes. */
const MAX_ANSWER_BYTES = 16 * 1_048_576;

/** Where a running product is: a data folder (embedded), or a service's internal interface with its key (distributed). */
export interface RunningProduct {
  readonly data?: string;
  readonly url?: string;
  readonly apiKeyFile?: string;
}

/** Asks a running product, or with POST tells it to do something. Fails with `CommandError` when it does not answer or refuses. */
export async function askProduct(
  product: RunningProduct,
  path: string,
  method: "GET" | "POST" = "GET",
): Promise<unknown> {
  const { status, body } = await call(product, { path, method });
  if (status === 200) return JSON.parse(body);
  throw new CommandError(`The product refused (${status}): ${body.slice(0, 500)}`);
}

/** @returns undefined when what the path names is not there. Fails with `CommandError` like `askProduct`. */
export async function findInProduct(product: RunningProduct, path: string): Promise<unknown> {
  const { status, body } = await call(product, { path, method: "GET" });
  if (status === 404) return undefined;
  if (status === 200) return JSON.parse(body);
  throw new CommandError(`The product refused (${status}): ${body.slice(0, 500)}`);
}

/**
 * Tells a running product something that it takes and acts upon later.
 * @returns false when what the path names is not there. Fails with `CommandError` like `askProduct`.
 */
export async function tellProduct(product: RunningProduct, path: string, message: object): Promise<boolean> {
  const { status, body } = await call(product, { path, method: "POST", message });
  if (status === 202) return true;
  if (status === 404) return false;
  throw new CommandError(`The product refused (${status}): ${body.slice(0, 500)}`);
}

/**
 * Sends a message to a running product, which acts upon it at once.
 * @returns its answer; undefined when what the path names is not there. Fails with `CommandError` like `askProduct`.
 */
export async function sendToProduct(product: RunningProduct, path: string, message: object): Promise<unknown> {
  const { status, body } = await call(product, { path, method: "POST", message });
  if (status === 404) return undefined;
  if (status === 200) return JSON.parse(body);
  throw new CommandError(`The product refused (${status}): ${sentenceOf(body)}`);
}

/**
 * Like `sendToProduct`, where the product has a sentence for people about what is not there as well. Fails with `CommandError` like `askProduct`.
 */
export async function requestOfProduct(product: RunningProduct, path: string, message: object): Promise<unknown> {
  const { status, body } = await call(product, { path, method: "POST", message });
  if (status === 200) return JSON.parse(body);
  throw new CommandError(`The product refused (${status}): ${sentenceOf(body)}`);
}

/** What stands in Nest's answer for people. */
function sentenceOf(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === "string") return message.slice(0, 500);
  } catch {
    // No JSON: shown as it is.
  }
  return body.slice(0, 500);
}

interface Call {
  readonly path: string;
  readonly method: "GET" | "POST";
  /** Sent as JSON. */
  readonly message?: object;
}

function call(product: RunningProduct, asked: Call): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = requestTo(product, asked);
    sent.setTimeout(TIMEOUT_MS, () => sent.destroy(new Error("no answer")));
    sent.on("error", (error) => reject(new CommandError(`${unreachable(product)} (${error.message})`)));
    sent.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
        if (body.length > MAX_ANSWER_BYTES) sent.destroy(new Error("the answer is too long"));
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.end(asked.message === undefined ? undefined : JSON.stringify(asked.message));
  });
}

function requestTo(
  { data, url, apiKeyFile }: RunningProduct,
  { path, method, message }: Call,
): ReturnType<typeof request> {
  const json = message === undefined ? {} : { "content-type": "application/json" };
  if (url !== undefined) {
    const target = new URL(path, url);
    const key = apiKeyFile === undefined ? "" : readFileSync(apiKeyFile, "utf8").trim();
    const options = { method, headers: { authorization: `Bearer ${key}`, ...json } };
    return target.protocol === "https:" ? secureRequest(target, options) : request(target, options);
  }
  if (data !== undefined) return request({ method, socketPath: socketPathOf(data), path, headers: json });
  throw new CommandError("Which product? Give --data FOLDER (embedded) or --url URL and --api-key-file FILE.");
}

function unreachable({ data, url }: RunningProduct): string {
  return url === undefined
    ? `No product is running on the data folder ${data}: start it with portcullis run.`
    : `Nothing answers at ${url}: is the service running there?`;
}
