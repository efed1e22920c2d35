import { fileURLToPath } from "node:url";
import { eventually, type FreeradiusServer, freePort, startFreeradius } from "@portcullis/testkit";
import { EndedLogins, type Mark } from "../harness/ended-logins.js";
import { freeUdpPort } from "../harness/free-udp-port.js";
import { Nas } from "../harness/nas.js";
import type { ProductUnderTest, StartProduct } from "../harness/product-under-test.js";
import {
  CLIENTS,
  type ClientName,
  freeradiusUsers,
  TARGET_SECRET,
  targetConfiguration,
  targetUsersFile,
} from "./target-configuration.js";

/** The normal patience of a NAS that knows of a second factor: the same octets every second. */
export const PATIENT = { intervalMs: 1_000, tries: 30 } as const;

/** FreeRADIUS runs it, so it is the compiled one. */
const CHANGE_PASSWORD = fileURLToPath(new URL("../../dist/targets/change-password.js", import.meta.url));

export interface HeldLogin {
  readonly loginId: string;
  readonly client: string;
  readonly userName: string;
  readonly provenName?: string;
  readonly station: string;
}

/** The product with a real FreeRADIUS as its target, and what is asked of both. */
export class TargetBench {
  readonly #start: StartProduct;
  readonly #ends: (() => Promise<void>)[] = [];
  #product: ProductUnderTest | undefined;
  #freeradius: FreeradiusServer | undefined;
  #circlePort = 0;

  constructor(start: StartProduct) {
    this.#start = start;
  }

  get product(): ProductUnderTest {
    if (this.#product === undefined) throw new Error("the product was not started");
    return this.#product;
  }

  get freeradius(): FreeradiusServer {
    if (this.#freeradius === undefined) throw new Error("FreeRADIUS was not started");
    return this.#freeradius;
  }

  async start(): Promise<void> {
    const clients = [{ name: "portcullis", address: "127.0.0.1", secret: TARGET_SECRET }];
    const freeradius = await startFreeradius({
      users: freeradiusUsers(),
      clients,
      tls: true,
      changePassword: `${process.execPath} ${CHANGE_PASSWORD}`,
    });
    this.#freeradius = freeradius;
    this.#ends.push(() => freeradius.stop());
    this.#circlePort = await freePort();
    const ports = { target: freeradius.port, closed: await freeUdpPort(), circle: this.#circlePort };
    const product = await this.#start({
      configuration: (listen) => targetConfiguration(listen, ports),
      usersFile: targetUsersFile(),
    });
    this.#product = product;
    this.#ends.push(() => product.stop());
  }

  async stop(): Promise<void> {
    for (const end of this.#ends.toReversed()) await end();
  }

  /** @param gateway which of the two is asked */
  nas(name: ClientName, gateway: 0 | 1 = 0): Nas {
    return new Nas({ ...CLIENTS[name], port: this.product.ports[gateway] });
  }

  /** A FreeRADIUS that asks the first gateway, as this client; stopped at the end. */
  async startProxy(as: ClientName, port?: number): Promise<FreeradiusServer> {
    const { address: sourceAddress, secret } = CLIENTS[as];
    const proxy = await startFreeradius({
      users: "",
      clients: [{ name: "anyone", address: "127.0.0.0/8", secret: TARGET_SECRET }],
      proxyTo: { port: this.product.ports[0], secret, sourceAddress },
      ...(port === undefined ? {} : { port }),
    });
    this.#ends.push(() => proxy.stop());
    return proxy;
  }

  startCircle(): Promise<FreeradiusServer> {
    return this.startProxy("circleBack", this.#circlePort);
  }

  async held(): Promise<readonly HeldLogin[]> {
    const { body } = await this.product.call("challenge-orchestrator", "/internal/held-logins");
    return (JSON.parse(body) as { logins: HeldLogin[] }).logins;
  }

  /** The one login of this user that waits for an operator. */
  waiting(user: string): Promise<HeldLogin> {
    return eventually(async () => (await this.held()).find(({ userName }) => userName === user), {
      what: `a login of ${user} waits`,
      everyMs: 100,
    });
  }

  async answer(user: string, approved: boolean): Promise<void> {
    const { loginId } = await this.waiting(user);
    const path = `/internal/held-logins/${loginId}/answer`;
    const { status, body } = await this.product.call("challenge-orchestrator", path, { approved });
    if (status !== 202) throw new Error(`the answer was refused (${status}): ${body}`);
  }

  mark(): Promise<Mark> {
    return new EndedLogins(this.product).mark();
  }

  /** Client and result code of the logins that ended since, each with exactly one row in the audit. */
  endsSince(mark: Mark, count = 1): Promise<string[]> {
    return new EndedLogins(this.product).since(mark, count);
  }
}
