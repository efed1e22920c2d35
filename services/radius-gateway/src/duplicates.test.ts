import { systemClock } from "@portcullis/kit";
import { MemoryPendingStore, type PendingStore, type Reply } from "@portcullis/login";
import { Code } from "@portcullis/radius";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ACCEPT, GatewayBench } from "./testing/gateway-bench.js";
import { requestOf, verified } from "./testing/requests.js";

/** Long enough on loopback to see that nothing comes. */
const SILENCE_MS = 150;

let bench: GatewayBench;
beforeEach(async () => {
  bench = await GatewayBench.open();
});
afterEach(() => bench.close());

/** The store of a service behind the gateway that thinks until it is told. */
function waitingFor(decided: Promise<void>): PendingStore {
  const slow = new (class extends MemoryPendingStore {
    override async decideExchange(decision: Parameters<PendingStore["decideExchange"]>[0]) {
      await decided;
      return super.decideExchange(decision);
    }
  })(systemClock);
  bench.closeLater(() => slow.close());
  return slow;
}

describe("the same packet", () => {
  it("three times is one login, and gets the same octets again", async () => {
    const decided = Promise.withResolvers<void>();
    const gateway = await bench.startGateway({ store: waitingFor(decided.promise) });
    const request = requestOf();
    bench.nas.send(request, gateway.port);
    bench.nas.send(request, gateway.port);
    await gateway.untilMetric("portcullis_radius_duplicates_total", { client: "vpn" }, 1);
    expect(await gateway.metric("portcullis_radius_waiting")).toBe(1);
    decided.resolve();
    await bench.nas.replies(1);
    bench.nas.send(Buffer.concat([request, Buffer.from("padding of no meaning")]), gateway.port);
    const replies = await bench.nas.replies(2);
    expect(replies).toHaveLength(2);
    expect(replies[1]).toEqual(replies[0]);
    expect(gateway.published).toHaveLength(1);
    expect(await gateway.metric("portcullis_radius_duplicates_total", { client: "vpn" })).toBe(2);
  });

  it("from another port is answered there", async () => {
    const decided = Promise.withResolvers<void>();
    const gateway = await bench.startGateway({ store: waitingFor(decided.promise) });
    const other = await bench.openNas();
    const request = requestOf();
    bench.nas.send(request, gateway.port);
    await gateway.untilPublished(1);
    other.send(request, gateway.port);
    await gateway.untilMetric("portcullis_radius_duplicates_total", { client: "vpn" }, 1);
    decided.resolve();
    verified((await other.replies(1))[0], request);
    expect(await bench.nas.replies(1, SILENCE_MS)).toEqual([]);
  });

  it("at two gateways is one login, with the same octets from both", async () => {
    const reply: Reply = { ...ACCEPT, verdict: "challenge", state: Buffer.alloc(76, 3), sessionTimeoutSeconds: 60 };
    const [a, b] = [
      await bench.startGateway({ decide: () => reply }),
      await bench.startGateway({ decide: () => reply }),
    ];
    const request = requestOf();
    bench.nas.send(request, a.port);
    bench.nas.send(request, b.port);
    const replies = await bench.nas.replies(2);
    verified(replies[0], request);
    expect(replies[1]).toEqual(replies[0]);
    expect([...a.published, ...b.published]).toHaveLength(1);
  });

  it("during the reject delay is not answered before its time, nor twice", async () => {
    const delayMs = 400;
    const gateway = await bench.startGateway({
      decide: () => ({ ...ACCEPT, verdict: "reject", notBeforeMs: Date.now() + delayMs }),
    });
    const request = requestOf();
    const sentAt = performance.now();
    bench.nas.send(request, gateway.port);
    await gateway.untilPublished(1);
    bench.nas.send(request, gateway.port);
    const [reply] = await bench.nas.replies(1);
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(delayMs - 5);
    expect(verified(reply, request).code).toBe(Code.AccessReject);
    expect(await bench.nas.replies(2, SILENCE_MS)).toHaveLength(1);
  });

  it("with another authenticator under the same Identifier takes the old one's place", async () => {
    const gateway = await bench.startGateway({
      decide: ({ context }) => (context.userName === "old" ? undefined : ACCEPT),
    });
    const old = requestOf({ userName: "old", identifier: 200 });
    const fresh = requestOf({ userName: "fresh", identifier: 200 });
    bench.nas.send(old, gateway.port);
    await gateway.untilPublished(1);
    bench.nas.send(fresh, gateway.port);
    verified((await bench.nas.replies(1))[0], fresh);
    const [abandoned] = gateway.published.map(({ context }) => context);
    if (abandoned === undefined) throw new Error("nothing was published");
    expect(await bench.store.inspectExchange(abandoned)).toMatchObject({ kind: "abandoned" });
    expect(await bench.nas.replies(2, SILENCE_MS)).toHaveLength(1);
  });
});
