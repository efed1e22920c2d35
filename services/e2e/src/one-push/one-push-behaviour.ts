import { type SeededRandom, seededRandom, sleepMs } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newDevice } from "../devices/people.js";
import type { ServiceName } from "../distributed/service-process.js";
import { Nas } from "../harness/nas.js";
import type { ProductUnderTest, StartProduct } from "../harness/product-under-test.js";
import { Approver } from "./approver.js";
import { LossyRelay } from "./lossy-relay.js";
import { NPS, onePushConfiguration, USERS, VPN } from "./one-push-configuration.js";
import { type Clients, SCENARIOS } from "./scenarios.js";

const LOSS = 0.2;
const MAX_DELAY_MS = 120;
/** How long the person reads before she approves: long enough for every client to ask again. */
const THINKS_MS = 4_000;
/** When a part is killed: while she reads. */
const KILLED_AFTER_MS = 1_500;
const TIMEOUT_MS = 90_000;

/** Who is killed while a login waits for its user; embedded there is nobody to take over. */
type Killed = Extract<ServiceName, "radius-gateway" | "challenge-orchestrator"> | "nobody";

/** One login, one push: whatever the client does, loss, reordering and a dying replica included. */
export function describeOnePush(mode: string, start: StartProduct, killed: readonly Killed[]): void {
  describe(`one login, one push, ${mode}`, () => {
    let product: ProductUnderTest;
    let relays: LossyRelay[] = [];
    let clients: Clients;
    let nextUser = 0;

    beforeAll(async () => {
      product = await start({ configuration: onePushConfiguration, usersFile: "name\n" });
      const random = seededRandom();
      const nps = await Promise.all(NPS.addresses.map((address) => nasPair({ ...NPS, address }, random)));
      clients = { nps, vpn: await nasPair(VPN, random) };
    });
    afterAll(async () => {
      for (const relay of relays) relay.close();
      relays = [];
      await product.stop();
    });

    /** A NAS before each gateway, with a bad network between. */
    async function nasPair(
      { address, secret }: { readonly address: string; readonly secret: string },
      random: SeededRandom,
    ): Promise<readonly [Nas, Nas]> {
      const open = async (gatewayPort: number) => {
        const relay = await LossyRelay.open({ address, gatewayPort, random, loss: LOSS, maxDelayMs: MAX_DELAY_MS });
        relays.push(relay);
        return new Nas({ address: "127.0.0.1", secret, port: relay.port });
      };
      return [await open(product.ports[0]), await open(product.ports[1])];
    }

    it.each(killed)(
      "killed meanwhile: %s",
      async (victim) => {
        const logins = SCENARIOS.map(async ({ name, run }) => {
          const user = USERS[nextUser++] ?? expect.fail("there are more scenarios than users");
          const approver = new Approver(await newDevice(product, user), THINKS_MS);
          approver.start();
          const isIn = await run(clients, user);
          await sleepMs(MAX_DELAY_MS);
          await approver.stop();
          return { name, isIn, prompts: approver.prompts.size };
        });
        if (victim !== "nobody") await killFor(victim);
        expect(await Promise.all(logins)).toEqual(SCENARIOS.map(({ name }) => ({ name, isIn: true, prompts: 1 })));
      },
      TIMEOUT_MS,
    );

    /** The first replica, which comes back. */
    async function killFor(service: Exclude<Killed, "nobody">): Promise<void> {
      const [victim] = product.processesOf(service);
      await sleepMs(KILLED_AFTER_MS);
      await victim?.kill();
      await victim?.restart();
    }
  });
}
