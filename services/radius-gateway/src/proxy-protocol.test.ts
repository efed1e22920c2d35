import { Code } from "@portcullis/radius";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GatewayBench } from "./testing/gateway-bench.js";
import { proxyHeader } from "./testing/proxy-header.js";
import { requestOf, verified } from "./testing/requests.js";

const DISCARDED = "portcullis_radius_discarded_total";
const source = { address: "192.0.2.77", port: 40_000 };
const header = proxyHeader({ source, transport: "datagram" });

let bench: GatewayBench;
beforeEach(async () => {
  bench = await GatewayBench.open();
});
afterEach(() => bench.close());

/** A gateway whose client `remote` is at 192.0.2.77, `v6` at 2001:db8::7, and whose proxies are these. */
async function start(proxyProtocol: readonly string[], address = "127.0.0.1") {
  const gateway = await bench.startGateway({ listen: [{ address, port: 0, proxyProtocol }] });
  await gateway.setClient({ name: "remote", addresses: ["192.0.2.77/32"], secrets: ["remote secret"] });
  await gateway.setClient({ name: "v6", addresses: ["2001:db8::7/128"], secrets: ["v6 secret"] });
  return gateway;
}

describe("a datagram of a proxy", () => {
  it("is of the client in its header; the reply goes to the proxy", async () => {
    const gateway = await start(["127.0.0.1"]);
    const request = requestOf({ secret: "remote secret" });
    bench.nas.send(Buffer.concat([header, request]), gateway.port);
    expect(verified((await bench.nas.replies(1))[0], request, "remote secret").code).toBe(Code.AccessAccept);
    expect(gateway.published[0]?.context.sourceAddress).toBe("192.0.2.77");
  });

  it("may come over IPv6, and tell an IPv6 client", async () => {
    const gateway = await start(["::1"], "::1");
    const nas = await bench.openNas("::1");
    const request = requestOf({ secret: "v6 secret" });
    const v6 = proxyHeader({ source: { address: "2001:db8::7", port: 1 }, transport: "datagram" });
    nas.send(Buffer.concat([v6, request]), gateway.port);
    expect(verified((await nas.replies(1))[0], request, "v6 secret").code).toBe(Code.AccessAccept);
  });

  it("is its own when the header says local", async () => {
    const gateway = await start(["127.0.0.1"]);
    const request = requestOf();
    bench.nas.send(Buffer.concat([proxyHeader({ family: 0, command: 0 }), request]), gateway.port);
    expect(verified((await bench.nas.replies(1))[0], request).code).toBe(Code.AccessAccept);
  });

  it.each([
    ["without header", "proxy-header-wrong", Buffer.alloc(0)],
    ["with a header of one bit less", "proxy-header-wrong", Buffer.concat([Buffer.from([0x0c]), header.subarray(1)])],
    ["with a header for streams", "proxy-header-wrong", proxyHeader({ source })],
    ["with a header that tells no source", "proxy-source-missing", proxyHeader({ family: 0, transport: "datagram" })],
  ])("is dropped %s", async (_what, reason, first) => {
    const gateway = await start(["127.0.0.0/8"]);
    bench.nas.send(Buffer.concat([first, requestOf()]), gateway.port);
    await gateway.untilMetric(DISCARDED, { client: "unknown", reason }, 1);
    expect(gateway.published).toEqual([]);
  });

  it("is dropped with half a header and nothing behind it", async () => {
    const gateway = await start(["127.0.0.1"]);
    bench.nas.send(header.subarray(0, 20), gateway.port);
    await gateway.untilMetric(DISCARDED, { client: "unknown", reason: "proxy-header-wrong" }, 1);
  });

  it("is dropped when the client in its header is unknown", async () => {
    const gateway = await start(["127.0.0.1"]);
    const other = proxyHeader({ source: { address: "192.0.2.78", port: 1 }, transport: "datagram" });
    bench.nas.send(Buffer.concat([other, requestOf()]), gateway.port);
    await gateway.untilMetric(DISCARDED, { client: "unknown", reason: "client-unknown" }, 1);
  });
});

describe("a datagram of anybody else", () => {
  it("needs no header, and is no packet with one", async () => {
    const gateway = await start(["192.0.2.1"]);
    const request = requestOf();
    bench.nas.send(Buffer.concat([header, requestOf({ secret: "remote secret" })]), gateway.port);
    await gateway.untilMetric(DISCARDED, { client: "vpn", reason: "bad-length" }, 1);
    bench.nas.send(request, gateway.port);
    expect(verified((await bench.nas.replies(1))[0], request).code).toBe(Code.AccessAccept);
    expect(gateway.published).toHaveLength(1);
  });
});
