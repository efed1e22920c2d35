import { Code } from "@portcullis/radius";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GatewayBench } from "./testing/gateway-bench.js";
import { accountingRequestOf, bareRequestOf, requestOf, verified } from "./testing/requests.js";

const DISCARDED = "portcullis_radius_discarded_total";

let bench: GatewayBench;
beforeEach(async () => {
  bench = await GatewayBench.open();
});
afterEach(() => bench.close());

describe("several listeners", () => {
  it("answer each on its own address, IPv6 too", async () => {
    const listen = ["127.0.0.1", "127.0.0.1", "::1"].map((address) => ({ address, port: 0 }));
    const gateway = await bench.startGateway({ listen });
    await gateway.setClient({ name: "vpn", generation: 2n, addresses: ["127.0.0.1/32", "::1/128"] });
    const v6 = await bench.openNas("::1");
    for (const [index, nas] of [bench.nas, bench.nas, v6].entries()) {
      const request = requestOf();
      const before = nas.received.length;
      nas.send(request, gateway.ports[index] ?? 0);
      expect(verified((await nas.replies(before + 1))[before], request).code).toBe(Code.AccessAccept);
    }
    expect(new Set(gateway.ports).size).toBe(3);
  });

  it("fail together when one address cannot be had", async () => {
    const listen = [
      { address: "127.0.0.1", port: 0 },
      { address: "192.0.2.1", port: 1812 },
    ];
    await expect(bench.startGateway({ listen })).rejects.toThrow("RADIUS cannot listen on 192.0.2.1 port 1812.");
  });
});

describe("an accounting port", () => {
  it("answers Status-Server, and drops accounting and everything else", async () => {
    const gateway = await bench.startGateway({ listen: [{ address: "127.0.0.1", port: 0, kind: "accounting" }] });
    bench.nas.send(accountingRequestOf(), gateway.port);
    await gateway.untilMetric(DISCARDED, { client: "vpn", reason: "accounting-off" }, 1);
    bench.nas.send(accountingRequestOf("another"), gateway.port);
    await gateway.untilMetric(DISCARDED, { client: "vpn", reason: "request-authenticator-wrong" }, 1);
    bench.nas.send(requestOf(), gateway.port);
    await gateway.untilMetric(DISCARDED, { client: "vpn", reason: "code-not-allowed" }, 1);
    const status = bareRequestOf({ code: Code.StatusServer });
    bench.nas.send(status, gateway.port);
    const replies = await bench.nas.replies(1);
    expect(replies).toHaveLength(1);
    expect(verified(replies[0], status).code).toBe(Code.AccountingResponse);
    expect(gateway.published).toEqual([]);
  });
});

describe("reusePort", () => {
  it("lets two gateways share a port, and each request is answered by one of them", async () => {
    const first = await bench.startGateway({ reusePort: true });
    const listen = [{ address: "127.0.0.1", port: first.port }];
    const second = await bench.startGateway({ reusePort: true, listen });
    const requests = Array.from({ length: 32 }, () => requestOf());
    for (const request of requests) {
      const nas = await bench.openNas();
      nas.send(request, first.port);
      expect(verified((await nas.replies(1))[0], request).code).toBe(Code.AccessAccept);
    }
    expect(first.published.length + second.published.length).toBe(32);
    expect(Math.min(first.published.length, second.published.length)).toBeGreaterThan(0);
  });

  it("is off unless it is asked for", async () => {
    const { port } = await bench.startGateway();
    await expect(bench.startGateway({ listen: [{ address: "127.0.0.1", port }] })).rejects.toThrow("cannot listen");
  });
});
