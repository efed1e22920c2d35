import type { Log } from "@portcullis/kit";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createGatewayMetrics, type GatewayMetrics } from "../prometheus/gateway-metrics.js";
import { ClientUsage } from "./client-usage.js";
import { Discards, UNKNOWN_CLIENT } from "./discards.js";

let metrics: GatewayMetrics;
let discards: Discards;
let warn: ReturnType<typeof vi.fn<Log["warn"]>>;

beforeEach(() => {
  vi.useFakeTimers();
  warn = vi.fn<Log["warn"]>();
  metrics = createGatewayMetrics(new Registry(), () => 0);
  const silent = () => undefined;
  const log: Log = { debug: silent, info: silent, warn, error: silent };
  discards = new Discards(metrics, new ClientUsage({ nowMs: () => 0 }), log);
});
afterEach(() => vi.useRealTimers());

it("keeps one label and one line in ten seconds for a flood from ten thousand addresses, and names some of them", async () => {
  for (let count = 0; count < 10_000; count++) {
    discards.add(UNKNOWN_CLIENT, "client-unknown", `10.0.${count >> 8}.${count & 255}`);
  }
  expect(warn).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(10_000);
  discards.add(UNKNOWN_CLIENT, "client-unknown", "192.0.2.7");
  expect(warn).toHaveBeenCalledTimes(2);
  expect(warn.mock.calls[1]?.[1]).toMatchObject({ sourceAddress: "192.0.2.7", count: 10_000 });
  expect(warn.mock.calls[1]?.[1]?.["otherSources"]).toHaveLength(8);
  const { values } = await metrics.discarded.get();
  expect(values).toEqual([{ labels: { client: "unknown", reason: "client-unknown" }, value: 10_001 }]);
});

it.each([
  ["client-unknown", /\{ name: NAME, address: 2001:db8::7, secret: \{ fromFile: FILE \}, target: TARGET \}/],
  ["message-authenticator-missing", /NPS.*openvpn-auth-radius.*requireMessageAuthenticator: false/],
  ["message-authenticator-wrong", /^Wrong secret\?/],
  ["proxy-state-unsigned", /BlastRADIUS.*limitProxyState: false/],
  ["credential-missing-unsigned", /RD Gateway.*NPS/],
] as const)("says what to do about %s", (reason, hint) => {
  discards.add("vpn", reason, "2001:db8::7");
  expect(warn).toHaveBeenCalledWith("radius.discarded", {
    client: "vpn",
    reason,
    sourceAddress: "2001:db8::7",
    count: 1,
    hint: expect.stringMatching(hint),
  });
});
