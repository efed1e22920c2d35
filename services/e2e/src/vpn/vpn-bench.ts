import { type FreeradiusServer, startFreeradius } from "@portcullis/testkit";
import { EndedLogins } from "../harness/ended-logins.js";
import { Nas } from "../harness/nas.js";
import type { ProductUnderTest, StartProduct } from "../harness/product-under-test.js";
import { CLIENTS, type ClientName, freeradiusUsers, TARGET_SECRET, vpnConfiguration } from "./vpn-configuration.js";

/** The product with local users and a real FreeRADIUS, as VPN gateways see it. */
export class VpnBench {
  readonly #start: StartProduct;
  #product: ProductUnderTest | undefined;
  #freeradius: FreeradiusServer | undefined;

  constructor(start: StartProduct) {
    this.#start = start;
  }

  async start(): Promise<void> {
    const clients = [{ name: "portcullis", address: "127.0.0.1", secret: TARGET_SECRET }];
    const freeradius = await startFreeradius({ users: freeradiusUsers(), clients });
    this.#freeradius = freeradius;
    this.#product = await this.#start({
      configuration: (listen) => vpnConfiguration(listen, freeradius.port),
      usersFile: "name,serial,secret\n",
    });
  }

  async stop(): Promise<void> {
    await this.#product?.stop();
    await this.#freeradius?.stop();
  }

  /** @param gateway which of the two is asked */
  nas(name: ClientName, gateway: 0 | 1 = 0): Nas {
    return new Nas({ ...CLIENTS[name], port: this.#running.ports[gateway] });
  }

  /**
   * Does something, and tells how the logins ended that ended with it: client and result code, each with one row in the audit.
   * @param count how many there have to be
   */
  async endsOf(act: () => Promise<void>, count = 1): Promise<string[]> {
    const ended = new EndedLogins(this.#running);
    const mark = await ended.mark();
    await act();
    return ended.since(mark, count);
  }

  get #running(): ProductUnderTest {
    if (this.#product === undefined) throw new Error("the product was not started");
    return this.#product;
  }
}
