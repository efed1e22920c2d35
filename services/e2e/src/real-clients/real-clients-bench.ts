import { readFileSync, writeFileSync } from "node:fs";
import { eventually, sleepMs } from "@portcullis/testkit";
import type { ServiceName } from "../distributed/service-process.js";
import { EndedLogins } from "../harness/ended-logins.js";
import { codeAt, wrongCode } from "../harness/nas.js";
import { type Ended, portcullis } from "../harness/portcullis.js";
import type { ProductUnderTest, StartProduct } from "../harness/product-under-test.js";
import { tokenSecretOf } from "../harness/test-configuration.js";
import { fourDigitPort } from "./four-digit-port.js";
import { realClientsConfiguration } from "./real-clients-configuration.js";

const HEARD_WITHIN_MS = 3_000;

interface ListedClient {
  readonly name: string;
  readonly requests: number;
}

/** The product with local users, as programs see it that others have written. */
export class RealClientsBench {
  readonly #start: StartProduct;
  #product: ProductUnderTest | undefined;

  constructor(start: StartProduct) {
    this.#start = start;
  }

  async start(): Promise<void> {
    const twoPorts = async (): Promise<[number, number]> => [await fourDigitPort(), await fourDigitPort()];
    this.#product = await this.#start({
      configuration: realClientsConfiguration,
      ports: { radius: await twoPorts(), accounting: await twoPorts() },
      usersFile: "name,serial,secret\n",
    });
  }

  async stop(): Promise<void> {
    await this.#product?.stop();
  }

  get product(): ProductUnderTest {
    if (this.#product === undefined) throw new Error("the product was not started");
    return this.#product;
  }

  get port(): number {
    return this.product.ports[0];
  }

  get accountingPort(): number {
    return this.product.accountingPorts[0];
  }

  codeOf(user: string): string {
    return codeAt(tokenSecretOf(user));
  }

  wrongCodeOf(user: string): string {
    return wrongCode(tokenSecretOf(user));
  }

  /**
   * Does something, and tells how the logins ended that ended with it: client and result code, each with one row in the audit.
   * @param count how many there have to be
   */
  async endsOf(act: () => Promise<void>, count = 1): Promise<string[]> {
    const ended = new EndedLogins(this.product);
    const mark = await ended.mark();
    await act();
    return ended.since(mark, count);
  }

  /** What the product said it does not answer, by client. */
  discards(client: string): { readonly reason: string; readonly hint: string }[] {
    const lines = this.product.logged().filter((line) => line.includes('"radius.discarded"'));
    return lines.map((line) => JSON.parse(line)).filter((discard) => discard.client === client);
  }

  /** Packets that came from a client until now, to all gateways. */
  async requestsOf(client: string): Promise<number> {
    const answers = await this.#ask("radius-gateway", "clients", "--json");
    const listed = answers.flatMap(({ stdout }) => (JSON.parse(stdout) as { clients: ListedClient[] }).clients);
    return listed.filter(({ name }) => name === client).reduce((sum, { requests }) => sum + requests, 0);
  }

  /** What an operator says to the newest login that waits. */
  approveNewest(): Promise<Ended> {
    const [reach = []] = this.product.reach("challenge-orchestrator");
    return portcullis(["answer", "--newest", "--approve", ...reach]);
  }

  #ask(service: ServiceName, ...args: string[]): Promise<Ended[]> {
    return Promise.all(this.product.reach(service).map((reach) => portcullis([...args, ...reach])));
  }

  /** Waits until a login of this user waits for an operator. */
  async waiting(user: string): Promise<void> {
    const path = "/internal/held-logins";
    const what = `a login of ${user} waits`;
    await eventually(async () => (await this.product.call("challenge-orchestrator", path)).body.includes(`"${user}"`), {
      what,
      everyMs: 100,
    });
  }

  async reconfigure(change: (configuration: string) => string): Promise<void> {
    const file = this.product.configurationFile;
    writeFileSync(file, change(readFileSync(file, "utf8")));
    for (const { code, stderr } of await this.#ask("portal", "reload")) {
      if (code !== 0) throw new Error(`the configuration was refused: ${stderr}`);
    }
    // Distributed, the other services hear of it by events.
    if (this.product.stores !== undefined) await sleepMs(HEARD_WITHIN_MS);
  }
}
