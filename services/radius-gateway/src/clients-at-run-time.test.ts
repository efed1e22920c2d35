import { Code } from "@portcullis/radius";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ACCEPT, GatewayBench } from "./testing/gateway-bench.js";
import type { GatewayUnderTest } from "./testing/gateway-under-test.js";
import { requestOf, SECRET, verified } from "./testing/requests.js";

/** How long a reply is held back here: the client changes meanwhile. */
const HELD_MS = 300;
/** Long enough on loopback to see that nothing comes. */
const SILENCE_MS = 150;
const NEW_SECRET = "another shared secret";

let bench: GatewayBench;
beforeEach(async () => {
  bench = await GatewayBench.open();
});
afterEach(() => bench.close());

const heldGateway = (): Promise<GatewayUnderTest> =>
  bench.startGateway({ decide: () => ({ ...ACCEPT, notBeforeMs: Date.now() + HELD_MS }) });

const dropped = (gateway: GatewayUnderTest, client: string, reason: string): Promise<number> =>
  gateway.metric("portcullis_radius_discarded_total", { client, reason });

describe("a waiting exchange", () => {
  it("is answered under the secret it came with, when its client has another one meanwhile", async () => {
    const gateway = await heldGateway();
    const request = requestOf();
    bench.nas.send(request, gateway.port);
    await gateway.untilPublished(1);
    await gateway.setClient({ name: "vpn", generation: 2n, secrets: [NEW_SECRET], maxExchanges: 1 });
    // The NAS asks again, with the same octets, before anybody told it the new secret: nothing new comes of it.
    bench.nas.send(request, gateway.port);
    await gateway.until(async () => (await dropped(gateway, "vpn", "message-authenticator-wrong")) === 1);
    const replies = await bench.nas.replies(2, HELD_MS * 3);
    expect(replies).toHaveLength(1);
    expect(verified(replies[0], request).code).toBe(Code.AccessAccept);
  });

  it("is answered when its client was removed meanwhile; a new request of that address is not", async () => {
    const gateway = await heldGateway();
    const request = requestOf();
    bench.nas.send(request, gateway.port);
    await gateway.untilPublished(1);
    await gateway.removeClient("vpn");
    bench.nas.send(requestOf(), gateway.port);
    await gateway.until(async () => (await dropped(gateway, "unknown", "client-unknown")) === 1);
    const replies = await bench.nas.replies(2, HELD_MS * 3);
    expect(replies).toHaveLength(1);
    expect(verified(replies[0], request).code).toBe(Code.AccessAccept);
    expect(gateway.published).toHaveLength(1);
  });
});

describe("a client that changes", () => {
  it("is known from the event on: another address, another secret", async () => {
    const gateway = await bench.startGateway();
    await gateway.setClient({ name: "vpn", generation: 2n, addresses: ["127.0.0.9/32"] });
    bench.nas.send(requestOf(), gateway.port);
    expect(await bench.nas.replies(1, SILENCE_MS)).toEqual([]);
    const moved = await bench.openNas("127.0.0.9");
    const request = requestOf();
    moved.send(request, gateway.port, "127.0.0.1");
    verified((await moved.replies(1))[0], request);
  });

  it.each([
    ["the new one first", [NEW_SECRET, SECRET]],
    ["the old one first", [SECRET, NEW_SECRET]],
  ])("takes both secrets of a rotation, %s, and answers under the one that was used", async (_what, secrets) => {
    const gateway = await bench.startGateway();
    await gateway.setClient({ name: "vpn", generation: 2n, secrets });
    const [ours, theirs] = [requestOf(), requestOf({ secret: NEW_SECRET })];
    bench.nas.send(ours, gateway.port);
    verified((await bench.nas.replies(1))[0], ours);
    bench.nas.send(theirs, gateway.port);
    verified((await bench.nas.replies(2))[1], theirs, NEW_SECRET);
    bench.nas.send(requestOf({ secret: "a third secret" }), gateway.port);
    await gateway.until(async () => (await dropped(gateway, "vpn", "message-authenticator-wrong")) === 1);
    for (const secret of ["first", "second"]) {
      const name = "portcullis_client_secret_last_used_timestamp_seconds";
      expect(await gateway.metric(name, { client: "vpn", secret })).toBeGreaterThan(0);
    }
  });

  it("shows in metrics whether it must sign, and leaves no label behind when it is removed", async () => {
    const gateway = await bench.startGateway();
    const required = (): Promise<number> =>
      gateway.metric("portcullis_client_requires_message_authenticator", { client: "vpn" });
    expect(await required()).toBe(1);
    await gateway.setClient({
      name: "vpn",
      generation: 2n,
      requireMessageAuthenticator: false,
      limitProxyState: false,
    });
    expect(await required()).toBe(0);
    bench.nas.send(requestOf({ messageAuthenticator: "omitted" }), gateway.port);
    await gateway.untilMetric("portcullis_clients_without_message_authenticator", { client: "vpn" }, 1);
    await bench.nas.replies(1);
    await gateway.removeClient("vpn");
    await gateway.until(async () => !(await gateway.metrics.metrics()).includes('client="vpn"'));
  });
});
