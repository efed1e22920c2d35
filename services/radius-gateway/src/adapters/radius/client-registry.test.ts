import { randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { type Log, UnknownKey } from "@portcullis/kit";
import { clientSecretPlace } from "@portcullis/login";
import { type ClientChanged, ClientChangedSchema } from "@portcullis/proto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { testKeys } from "../../testing/gateway-under-test.js";
import { ClientsController } from "../events/clients.controller.js";
import { ClientRegistry } from "./client-registry.js";

const keys = testKeys();
const silent = () => undefined;
let registry: ClientRegistry;
let error: ReturnType<typeof vi.fn<Log["error"]>>;

beforeEach(() => {
  registry = new ClientRegistry();
  error = vi.fn<Log["error"]>();
});

async function take(key: string, state: Partial<Omit<ClientChanged, "$typeName">> | undefined, sealer = keys.sealer) {
  const controller = new ClientsController(registry, sealer, { debug: silent, info: silent, warn: silent, error });
  const message = state && create(ClientChangedSchema, { name: key, generation: 1n, ...state });
  await controller.clientChanged({ key, state: message });
}

const sealed = (client: string, secret: string | Buffer = "a shared secret") =>
  keys.sealer.seal(Buffer.from(secret), clientSecretPlace(client));

describe("the clients", () => {
  it("are known with what the gateway needs of them", async () => {
    await take("vpn", {
      addresses: ["192.0.2.0/24", "2001:db8::1/128"],
      sealedSecrets: [sealed("vpn"), sealed("vpn", "the old one")],
      requireMessageAuthenticator: true,
      limitProxyState: false,
      timeLimitMs: 60_000,
      maxExchanges: 500,
      maxRequestsPerSecond: 300,
    });
    const client = registry.find("192.0.2.77");
    expect(client).toMatchObject({
      name: "vpn",
      requireMessageAuthenticator: true,
      limitProxyState: false,
      timeLimitMs: 60_000,
      maxExchanges: 500,
      maxRequestsPerSecond: 300,
    });
    expect(client?.secrets).toHaveLength(2);
    expect(registry.find("2001:db8::1")).toBe(client);
    expect(error).not.toHaveBeenCalled();
  });

  it("change with a newer generation only", async () => {
    await take("vpn", { addresses: ["192.0.2.1/32"], generation: 5n, maxExchanges: 1 });
    await take("vpn", { addresses: ["192.0.2.2/32"], generation: 5n, maxExchanges: 2 });
    await take("vpn", { addresses: ["192.0.2.2/32"], generation: 4n, maxExchanges: 3 });
    expect([registry.find("192.0.2.1")?.maxExchanges, registry.find("192.0.2.2")]).toEqual([1, undefined]);
    await take("vpn", { addresses: ["192.0.2.2/32"], generation: 6n, maxExchanges: 4 });
    expect([registry.find("192.0.2.1"), registry.find("192.0.2.2")?.maxExchanges]).toEqual([undefined, 4]);
  });

  it("go when they are removed, and an unknown one may be removed too", async () => {
    await take("vpn", { addresses: ["192.0.2.1/32"], generation: 5n });
    expect(registry.find("192.0.2.1")).toBeDefined();
    await take("vpn", undefined);
    await take("nobody", undefined);
    expect(registry.find("192.0.2.1")).toBeUndefined();
    await take("vpn", { addresses: ["192.0.2.1/32"], generation: 1n });
    expect(registry.find("192.0.2.1")).toBeDefined();
  });

  it("are found anew after a change, for an address that was asked before", async () => {
    expect(registry.find("192.0.2.1")).toBeUndefined();
    await take("net", { addresses: ["192.0.2.0/24"] });
    expect(registry.find("192.0.2.1")?.name).toBe("net");
    await take("host", { addresses: ["192.0.2.1/32"] });
    expect(registry.find("192.0.2.1")?.name).toBe("host");
  });

  it("are found alike whatever order their events come in", async () => {
    const events: readonly (readonly [string, string[], bigint])[] = [
      ["all", ["0.0.0.0/0", "::/0"], 1n],
      ["net", ["192.0.2.0/24", "2001:db8::/32"], 1n],
      ["net", ["192.0.0.0/16", "2001:db8::/32"], 2n],
      ["half", ["192.0.2.0/25"], 1n],
      ["host", ["192.0.2.1/32", "2001:db8::1/128"], 1n],
    ];
    const asked = ["192.0.2.1", "::ffff:192.0.2.2", "192.0.2.200", "203.0.113.1", "2001:db8::1", "2001:db8::2", "::1"];
    for (let turn = 0; turn < events.length; turn++) {
      for (const order of [events, events.toReversed()]) {
        registry = new ClientRegistry();
        for (const [name, addresses, generation] of [...order.slice(turn), ...order.slice(0, turn)]) {
          await take(name, { addresses, generation });
          asked.map((address) => registry.find(address));
        }
        const found = asked.map((address) => registry.find(address)?.name);
        expect(found).toEqual(["host", "half", "net", "all", "host", "net", "all"]);
      }
    }
  });

  it("are listed by name, and whoever keeps something of one hears that it is gone", async () => {
    const gone: string[] = [];
    registry.onRemoved((name) => gone.push(name));
    for (const name of ["wifi", "vpn"]) await take(name, { addresses: [], target: "local" });
    await take("vpn", { generation: 2n, addresses: ["192.0.2.1/32"], application: "Company VPN" });
    expect(registry.all()).toMatchObject([{ name: "vpn", application: "Company VPN" }, { name: "wifi" }]);
    await take("vpn", undefined);
    await take("nobody", undefined);
    expect([gone, registry.all().map(({ name }) => name)]).toEqual([["vpn"], ["wifi"]]);
  });

  it("are found for more source addresses than are remembered", async () => {
    await take("net", { addresses: ["10.0.0.0/8"] });
    for (let count = 0; count < 10_000; count++) {
      expect(registry.find(`10.0.${count >> 8}.${count & 255}`)?.name).toBe("net");
    }
    expect(registry.find("no address")).toBeUndefined();
  });
});

describe("what cannot be read of a client", () => {
  it.each([
    ["a secret of another client", () => sealed("wifi")],
    ["a secret that was sealed elsewhere", () => testKeys().sealer.seal(Buffer.from("x"), clientSecretPlace("vpn"))],
    ["an empty secret", () => sealed("vpn", "")],
    ["a secret that is too long", () => sealed("vpn", randomBytes(1_025))],
  ])("is left out and reported: %s", async (_what, secret) => {
    await take("vpn", { addresses: ["192.0.2.1/32"], sealedSecrets: [secret()] });
    expect(registry.find("192.0.2.1")?.secrets).toEqual([]);
    expect(error.mock.calls).toEqual([["radius.client_unreadable", { client: "vpn", unreadable: 1 }]]);
  });

  it("is left out and reported: an address", async () => {
    await take("vpn", { addresses: ["192.0.2.1/32", "nonsense"], sealedSecrets: [sealed("vpn")] });
    expect(registry.find("192.0.2.1")?.secrets).toHaveLength(1);
    expect(error.mock.calls).toEqual([["radius.client_unreadable", { client: "vpn", unreadable: 1 }]]);
  });

  it("waits when the key of the secret is not here yet", async () => {
    const newer = Uint8Array.from(sealed("vpn"));
    newer[4] = 9; // The last octet of the key's id.
    await expect(take("vpn", { addresses: ["192.0.2.1/32"], sealedSecrets: [newer] })).rejects.toThrow(UnknownKey);
    expect(registry.find("192.0.2.1")).toBeUndefined();
  });
});
