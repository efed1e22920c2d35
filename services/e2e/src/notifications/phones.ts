import { readFileSync } from "node:fs";
import { eventually } from "@portcullis/testkit";
import { type Ended, portcullis } from "../harness/portcullis.js";
import type { ProductUnderTest } from "../harness/product-under-test.js";

const PATH = "/internal/outbox";

export interface Entry {
  readonly id: number;
  readonly kind: "call" | "text" | "mail";
  readonly to: string;
  readonly subject: string;
  readonly state: string;
  readonly lines: readonly string[];
}

/** One process' outbox, and an entry in it. */
interface Found {
  readonly reach: readonly string[];
  readonly entry: Entry;
}

/** The phones and mailboxes of everybody, over all processes of the notifier: by `portcullis outbox`, as people try it. */
export class Phones {
  readonly #product: ProductUnderTest;

  constructor(product: ProductUnderTest) {
    this.#product = product;
  }

  /** What has come to a number or an address. */
  async entriesTo(to: string): Promise<readonly Entry[]> {
    return (await this.#all()).map(({ entry }) => entry).filter((entry) => entry.to === to);
  }

  /** The newest entry that holds, as soon as there is one. */
  wait(what: string, holds: (entry: Entry) => boolean): Promise<Entry> {
    return eventually(async () => (await this.#all()).findLast(({ entry }) => holds(entry))?.entry, {
      what,
      timeoutMs: 20_000,
      everyMs: 200,
    });
  }

  /** Waits until a phone rings, and does something with the call. */
  async call(number: string, ...action: readonly string[]): Promise<Ended> {
    const isIt = (entry: Entry) => entry.kind === "call" && entry.to === number && entry.state !== "ended";
    await this.wait(`a call to ${number}`, isIt);
    return this.#act(isIt, action);
  }

  async reply(number: string, text: string): Promise<Ended> {
    return this.#act((entry) => entry.kind === "text" && entry.to === number, ["--reply", text]);
  }

  /** The code of the newest text to a number. */
  async codeTo(number: string): Promise<string> {
    const { lines } = await this.wait(`a text to ${number}`, (entry) => entry.kind === "text" && entry.to === number);
    return lines[0]?.slice(0, 6) ?? "";
  }

  async #act(isIt: (entry: Entry) => boolean, action: readonly string[]): Promise<Ended> {
    const found = (await this.#all()).findLast(({ entry }) => isIt(entry));
    if (found === undefined) throw new Error("There is no such call or text.");
    return portcullis(["outbox", String(found.entry.id), ...action, ...found.reach]);
  }

  async #all(): Promise<Found[]> {
    const lists = this.#product.reach("notifier").map(async (reach) => {
      const { entries } = JSON.parse(await this.#list(reach)) as { entries: Entry[] };
      return entries.map((entry) => ({ reach, entry }));
    });
    return (await Promise.all(lists)).flat();
  }

  /** Asked often, so without a process for each. */
  async #list([option, url, , keyFile]: readonly string[]): Promise<string> {
    if (option !== "--url" || url === undefined || keyFile === undefined) {
      return (await this.#product.call("notifier", PATH)).body;
    }
    const headers = { authorization: `Bearer ${readFileSync(keyFile, "utf8")}` };
    return (await fetch(url + PATH, { headers })).text();
  }
}
