import type { Command } from "commander";
import { findInProduct, type RunningProduct, sendToProduct } from "../product/running-product.js";
import { CommandError } from "../terminal/fail.js";

export interface ProductOptions extends RunningProduct {
  readonly json?: true;
}

/** The options that say which product is meant, of a command that challenge-orchestrator carries out. */
export function withProduct(command: Command): Command {
  return command
    .option("--data <folder>", "data folder of an embedded product")
    .option("--url <url>", "internal interface of challenge-orchestrator (distributed)")
    .option("--api-key-file <file>", "file with the key for it")
    .option("--json", "as JSON");
}

/** Asks what the product knows of a user. */
export async function askOfUser(product: RunningProduct, user: string, what: string): Promise<unknown> {
  return there(await findInProduct(product, pathOf(user, what)), user);
}

/** Lets the product do something for a user. */
export async function tellOfUser(
  product: RunningProduct,
  user: string,
  { what, message = {} }: { readonly what: string; readonly message?: object },
): Promise<unknown> {
  return there(await sendToProduct(product, pathOf(user, what), message), user);
}

export const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** A moment as people read it, in UTC. */
export const moment = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")}Z`;

const pathOf = (user: string, what: string): string => `/internal/users/${encodeURIComponent(user)}/${what}`;

function there(answer: unknown, user: string): unknown {
  if (answer === undefined) throw new CommandError(`No user signs in as ${user}: is the name right, and in the file?`);
  return answer;
}
