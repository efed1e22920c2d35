import { Unavailable } from "@portcullis/kit";
import { StoreUnavailable } from "@portcullis/login";
import { ResultCode } from "@portcullis/proto";
import { stateAttribute } from "@portcullis/radius";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ACCEPT, GatewayBench, refusalIn } from "./testing/gateway-bench.js";
import { requestOf, verified } from "./testing/requests.js";

/** Long enough on loopback to see that nothing comes. */
const SILENCE_MS = 150;

let bench: GatewayBench;
beforeEach(async () => {
  bench = await GatewayBench.open();
});
afterEach(() => bench.close());

describe("what gets no answer and leaves no trace", () => {
  it.each<[string, Buffer, string]>([
    ["a wrong secret", requestOf({ secret: "another secret" }), "message-authenticator-wrong"],
    ["a forged Message-Authenticator", requestOf({ messageAuthenticator: "wrong" }), "message-authenticator-wrong"],
    ["no Message-Authenticator", requestOf({ messageAuthenticator: "omitted" }), "message-authenticator-missing"],
    ["a packet that is cut", requestOf().subarray(0, 40), "bad-length"],
    ["a few octets", Buffer.from("hello"), "too-short"],
    ["an accounting request", Buffer.from([4, 1, 0, 20, ...Buffer.alloc(16)]), "code-not-allowed"],
    [
      "two States",
      requestOf({ attributes: [stateAttribute(Buffer.from("a")), stateAttribute(Buffer.from("b"))] }),
      "attribute-repeated",
    ],
  ])("%s", async (_what, octets, reason) => {
    const gateway = await bench.startGateway();
    bench.nas.send(octets, gateway.port);
    const labels = { client: "vpn", reason };
    await gateway.untilMetric("portcullis_radius_discarded_total", labels, 1);
    expect(await bench.nas.replies(1, SILENCE_MS)).toEqual([]);
    expect(gateway.published).toEqual([]);
    expect(bench.store.recordCount).toBe(0);
    expect(gateway.logged).toContainEqual({
      event: "radius.discarded",
      fields: expect.objectContaining({ client: "vpn", reason, count: 1, sourceAddress: "127.0.0.1" }),
    });
  });

  it("an unknown client, before and after it was one", async () => {
    const gateway = await bench.startGateway();
    const unknown = async (): Promise<number> =>
      gateway.metric("portcullis_radius_discarded_total", { client: "unknown", reason: "client-unknown" });
    await gateway.removeClient("vpn");
    bench.nas.send(requestOf(), gateway.port);
    await gateway.until(async () => (await unknown()) === 1);
    await gateway.setClient({ name: "vpn" });
    const request = requestOf();
    bench.nas.send(request, gateway.port);
    verified((await bench.nas.replies(1))[0], request);
    expect(await unknown()).toBe(1);
  });

  it("a client whose secrets cannot be read, even where another's network holds its address", async () => {
    const gateway = await bench.startGateway();
    await gateway.setClient({ name: "everybody", addresses: ["127.0.0.0/8"] });
    await gateway.setClient({ name: "vpn", generation: 2n, sealedSecrets: [Buffer.from("moved from elsewhere")] });
    bench.nas.send(requestOf(), gateway.port);
    const labels = { client: "vpn", reason: "secret-unreadable" };
    await gateway.untilMetric("portcullis_radius_discarded_total", labels, 1);
    expect(gateway.published).toEqual([]);
    expect(gateway.logged.map(({ event }) => event)).toContain("radius.client_unreadable");
  });

  it("more exchanges than the client may have", async () => {
    const gateway = await bench.startGateway({ decide: () => undefined });
    await gateway.setClient({ name: "vpn", generation: 2n, maxExchanges: 1 });
    bench.nas.send(requestOf(), gateway.port);
    bench.nas.send(requestOf(), gateway.port);
    const labels = { client: "vpn", reason: "refused" };
    await gateway.untilMetric("portcullis_radius_discarded_total", labels, 1);
    expect(gateway.published).toHaveLength(1);
  });

  it("a store that is away, until it is back", async () => {
    const claim = vi.spyOn(bench.store, "claim").mockRejectedValueOnce(new StoreUnavailable("away"));
    const gateway = await bench.startGateway();
    const request = requestOf();
    bench.nas.send(request, gateway.port);
    const labels = { client: "vpn", reason: "unavailable" };
    await gateway.untilMetric("portcullis_radius_discarded_total", labels, 1);
    bench.nas.send(request, gateway.port);
    verified((await bench.nas.replies(1))[0], request);
    expect(claim).toHaveBeenCalledTimes(2);
  });

  it("a bus that is away: published again by the retransmission after a second", async () => {
    const gateway = await bench.startGateway();
    vi.spyOn(gateway.bus, "publish").mockRejectedValueOnce(new Unavailable("no broker"));
    const request = requestOf();
    bench.nas.send(request, gateway.port);
    const labels = { client: "vpn", reason: "unavailable" };
    await gateway.untilMetric("portcullis_radius_discarded_total", labels, 1);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    bench.nas.send(request, gateway.port);
    verified((await bench.nas.replies(1))[0], request);
    expect(gateway.published).toHaveLength(1);
  });
});

describe("a client that does not sign its requests", () => {
  const unsigned = { name: "vpn", generation: 2n, requireMessageAuthenticator: false, limitProxyState: false };

  it("is served where the requirement is switched off, counted, and gets signed replies", async () => {
    const gateway = await bench.startGateway();
    await gateway.setClient(unsigned);
    const request = requestOf({ messageAuthenticator: "omitted" });
    bench.nas.send(request, gateway.port);
    verified((await bench.nas.replies(1))[0], request);
    expect(await gateway.metric("portcullis_clients_without_message_authenticator", { client: "vpn" })).toBe(1);
  });

  it("is refused with a hint when its secret seems to be another one", async () => {
    const gateway = await bench.startGateway({ decide: () => ({ ...ACCEPT, verdict: "reject" }) });
    await gateway.setClient(unsigned);
    bench.nas.send(requestOf({ messageAuthenticator: "omitted", secret: "another secret" }), gateway.port);
    await bench.nas.replies(1);
    expect(gateway.published.map(refusalIn)).toEqual([ResultCode.FAILED_REQUEST_INVALID]);
    expect(gateway.published.map((one) => bench.passwordIn(one))).toEqual([undefined]);
    expect(await gateway.metric("portcullis_radius_secret_suspect_total", { client: "vpn" })).toBe(1);
    expect(gateway.logged.map(({ event }) => event)).toContain("radius.wrong_secret_suspected");
  });
});
