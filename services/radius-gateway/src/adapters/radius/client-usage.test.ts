import { decode, isMalformed, type ReceivedRequest, SharedSecret } from "@portcullis/radius";
import { beforeEach, describe, expect, it } from "vitest";
import { bareRequestOf } from "../../testing/requests.js";
import { ClientUsage } from "./client-usage.js";
import { hintsFor } from "./hints.js";
import type { RadiusClient } from "./radius-client.js";

const [newSecret, oldSecret] = [new SharedSecret("the new secret"), new SharedSecret("the old secret")];
const client: RadiusClient = {
  name: "vpn",
  generation: 1n,
  addresses: [],
  application: "VPN",
  target: "local",
  prefixes: [],
  secrets: [newSecret, oldSecret],
  requireMessageAuthenticator: true,
  limitProxyState: true,
  timeLimitMs: 1_000,
  maxExchanges: 10,
  maxRequestsPerSecond: 2_000,
  forwards: false,
};

let nowMs: number;
let usage: ClientUsage;
beforeEach(() => {
  nowMs = 1_000;
  usage = new ClientUsage({ nowMs: () => nowMs });
});

function received(secret: SharedSecret, authenticated = true): ReceivedRequest {
  const packet = decode(bareRequestOf({ userName: "alice" }));
  if (isMalformed(packet)) throw new Error(packet.malformed);
  return { packet, secret, authenticated };
}

describe("what is counted of a client", () => {
  it("is nothing before it sent anything", () => {
    expect(usage.countsOf("vpn")).toMatchObject({ requests: 0, signed: 0, unsigned: 0, lastRequestAtMs: undefined });
    expect(usage.secretUsesOf(client)).toEqual([undefined, undefined]);
  });

  it("is what it signed and what not, taken or dropped", () => {
    usage.addRequest(client, received(newSecret));
    usage.addRequest(client, received(newSecret, false));
    for (const reason of ["message-authenticator-missing", "proxy-state-unsigned"] as const) {
      usage.addDropped("vpn", reason);
    }
    nowMs = 5_000;
    usage.addDropped("vpn", "message-authenticator-wrong");
    usage.addDropped("vpn", "not-ready");
    expect(usage.countsOf("vpn")).toMatchObject({
      requests: 2,
      signed: 1,
      unsigned: 1,
      droppedUnsigned: 2,
      droppedWrongSecret: 1,
      lastRequestAtMs: 5_000,
    });
  });

  it("is which of two secrets it used last, in whatever order, and begins anew when the client is changed", () => {
    usage.addRequest(client, received(oldSecret));
    nowMs = 2_000;
    usage.addRequest(client, received(newSecret));
    nowMs = 3_000;
    usage.addSecret(client, oldSecret);
    expect(usage.secretUsesOf(client)).toEqual([2_000, 3_000]);
    const third = new SharedSecret("a third secret");
    const changed = { ...client, generation: 2n, secrets: [third, newSecret] };
    expect(usage.secretUsesOf(changed)).toEqual([undefined, undefined]);
    usage.addSecret(changed, third);
    expect(usage.secretUsesOf(changed)).toEqual([3_000, undefined]);
  });

  it("is no secret for a request that is unsigned, or came over TLS", () => {
    usage.addRequest(client, received(newSecret, false));
    usage.addRequest(client, received(new SharedSecret("radsec")));
    expect(usage.secretUsesOf(client)).toEqual([undefined, undefined]);
  });

  it("is forgotten with the client", () => {
    usage.addRequest(client, received(newSecret));
    usage.forget("vpn");
    expect(usage.countsOf("vpn").requests).toBe(0);
  });
});

describe("hints for the operator", () => {
  const hints = (require: boolean, secretUses: (number | undefined)[] = [1]): string =>
    hintsFor({ ...client, requireMessageAuthenticator: require }, usage.countsOf("vpn"), secretUses).join("\n");

  it("are none for a client that signs and has to", () => {
    usage.addRequest(client, received(newSecret));
    expect(hints(true)).toBe("");
  });

  it("say how to switch Message-Authenticator on, or the requirement off", () => {
    usage.addDropped("vpn", "message-authenticator-missing");
    expect(hints(true)).toMatch(/1 requests dropped.*NPS.*requireMessageAuthenticator: false/);
  });

  it("say what a client without the requirement sends, and that it could be on", () => {
    usage.addRequest(client, received(newSecret));
    expect(hints(false)).toContain("requireMessageAuthenticator: true would cost nothing");
    usage.addRequest(client, received(newSecret, false));
    expect(hints(false)).toMatch(
      /1 of 2 requests had no Message-Authenticator.*then set requireMessageAuthenticator: true/,
    );
  });

  it("ask for the secret when it is wrong", () => {
    usage.addDropped("vpn", "message-authenticator-wrong");
    expect(hints(true)).toContain("Wrong secret?");
  });

  it("say which secret of a rotation is still used", () => {
    expect(hints(true, [undefined, 0])).toContain("the first never, the second last at 1970-01-01T00:00:00.000Z");
  });
});
