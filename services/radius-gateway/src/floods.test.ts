import { MAX_WAITING_PER_USER } from "@portcullis/login";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ACCEPT, GatewayBench } from "./testing/gateway-bench.js";
import type { GatewayUnderTest, Published } from "./testing/gateway-under-test.js";
import { requestOf, verified } from "./testing/requests.js";

const QUOTA = 20;
/** What is there at once: the quota of two seconds. */
const AT_ONCE = 2 * QUOTA;

let bench: GatewayBench;
beforeEach(async () => {
  bench = await GatewayBench.open();
});
afterEach(() => bench.close());

function discarded(gateway: GatewayUnderTest, reason: string, client = "vpn"): Promise<number> {
  return gateway.metric("portcullis_radius_discarded_total", { client, reason });
}

describe("a client that asks too fast", () => {
  it("gets no more than its quota, and another one is served", async () => {
    const gateway = await bench.startGateway();
    await gateway.setClient({ name: "vpn", generation: 2n, maxRequestsPerSecond: QUOTA });
    await gateway.setClient({ name: "wifi", addresses: ["127.0.0.2/32"] });
    for (let count = 0; count < AT_ONCE + 10; count++)
      bench.nas.send(requestOf({ userName: `u${count}` }), gateway.port);
    await gateway.until(async () => (await discarded(gateway, "client-too-fast")) > 0);
    const wifi = await bench.openNas("127.0.0.2");
    const request = requestOf();
    wifi.send(request, gateway.port, "127.0.0.1");
    verified((await wifi.replies(1))[0], request);
    const hints = gateway.logged.map(({ fields }) => (fields as { hint?: string } | undefined)?.hint);
    expect(hints).toContainEqual(expect.stringContaining("maxRequestsPerSecond"));
  });

  it("does not lose its quota to packets with its address and another secret", async () => {
    const gateway = await bench.startGateway();
    await gateway.setClient({ name: "vpn", generation: 2n, maxRequestsPerSecond: QUOTA });
    for (let count = 0; count < AT_ONCE + 10; count++) bench.nas.send(requestOf({ secret: "guess" }), gateway.port);
    const request = requestOf();
    bench.nas.send(request, gateway.port);
    verified((await bench.nas.replies(1))[0], request);
    expect(await discarded(gateway, "message-authenticator-wrong")).toBe(AT_ONCE + 10);
    expect(await discarded(gateway, "client-too-fast")).toBe(0);
  });

  it("has packets of one address dropped unread when they are far too many", async () => {
    const gateway = await bench.startGateway({ maxRequestsPerSecond: 1_000 });
    await gateway.setClient({ name: "vpn", generation: 2n, addresses: ["127.0.0.0/8"], maxRequestsPerSecond: QUOTA });
    for (let count = 0; count < 400; count++) bench.nas.send(requestOf({ secret: "guess" }), gateway.port);
    await gateway.until(async () => (await discarded(gateway, "source-too-fast")) > 0);
    const other = await bench.openNas("127.0.0.2");
    const request = requestOf();
    other.send(request, gateway.port, "127.0.0.1");
    verified((await other.replies(1))[0], request);
  });

  it("is held to what all together may send", async () => {
    const gateway = await bench.startGateway({ maxRequestsPerSecond: QUOTA });
    for (let count = 0; count < AT_ONCE + 10; count++)
      bench.nas.send(requestOf({ userName: `u${count}` }), gateway.port);
    await gateway.until(async () => (await discarded(gateway, "gateway-too-fast")) > 0);
  });
});

describe("many logins of one user", () => {
  const isMallory = ({ context }: Published) => context.userName.toLowerCase().includes("mallory");

  it("wait up to the limit at each of two gateways, and hold up nobody else of the same client", async () => {
    const decide = (published: Published) => (isMallory(published) ? undefined : ACCEPT);
    const gateways = [await bench.startGateway({ decide }), await bench.startGateway({ decide })];
    const flood = MAX_WAITING_PER_USER + 20;
    for (const gateway of gateways) {
      for (let count = 0; count < flood; count++) {
        bench.nas.send(
          requestOf({ userName: count % 2 === 0 ? "mallory" : "CORP\\Mallory", identifier: count }),
          gateway.port,
        );
      }
      await gateway.untilMetric("portcullis_radius_discarded_total", { client: "vpn", reason: "user-busy" }, 20);
    }
    for (const [at, gateway] of gateways.entries()) {
      const request = requestOf({ userName: "alice" });
      bench.nas.send(request, gateway.port);
      verified((await bench.nas.replies(at + 1))[at], request);
      expect(gateway.published.filter(isMallory)).toHaveLength(MAX_WAITING_PER_USER);
      expect(await gateway.metric("portcullis_radius_waiting")).toBe(MAX_WAITING_PER_USER);
    }
  });
});
