import { readFileSync, writeFileSync } from "node:fs";
import { eventually } from "@portcullis/testkit";
import { EndedLogins } from "../harness/ended-logins.js";
import { codeAt, wrongCode } from "../harness/nas.js";
import { type Ended, portcullis } from "../harness/portcullis.js";
import type { ProductUnderTest, StartProduct } from "../harness/product-under-test.js";
import { tokenSecretOf } from "../harness/test-configuration.js";
import { fourDigitPort } from "./four-digit-port.js";
import { type Ports, realClientsConfiguration } from "./real-clients-configuration.js";

/** The product with local users, as programs see it that others have written. */
export class RealClientsBench {
  readonly #start: StartProduct;
  #product: ProductUnderTest | undefined;
  #forOpenvpn: Ports | undefined;

  constructor(start: StartProduct) {
    this.#start = start;
  }

  async start(): Promise<void> {
    const forOpenvpn = { port: await fourDigitPort(), accountingPort: await fourDigitPort() };
    this.#forOpenvpn = forOpenvpn;
    this.#product = await this.#start({
      configuration: (listen) => realClientsConfiguration(listen, forOpenvpn),
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

  get forOpenvpn(): Ports {
    if (this.#forOpenvpn === undefined) throw new Error("the product was not started");
    return this.#forOpenvpn;
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

  /** Packets that came from a client until now. */
  async requestsOf(client: string): Promise<number> {
    const { stdout } = await this.command("clients", "--json");
    const { clients } = JSON.parse(stdout) as { clients: { readonly name: string; readonly requests: number }[] };
    return clients.find(({ name }) => name === client)?.requests ?? 0;
  }

  /** An operator's command. */
  command(...args: string[]): Promise<Ended> {
    return portcullis([...args, ...(this.product.reach("portal")[0] ?? [])]);
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
    const { code, stderr } = await this.command("reload");
    if (code !== 0) throw new Error(`the configuration was refused: ${stderr}`);
  }
}
