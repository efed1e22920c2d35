import { SharedSecret } from "@portcullis/radius";
import { expect, it } from "vitest";
import { ClientRegistry } from "../radius/client-registry.js";
import { ClientUsage } from "../radius/client-usage.js";
import type { RadiusClient } from "../radius/radius-client.js";
import { ClientListController } from "./client-list.controller.js";

const [newSecret, oldSecret] = [new SharedSecret("one"), new SharedSecret("two")];
const vpn: RadiusClient = {
  name: "vpn",
  generation: 1n,
  addresses: ["192.0.2.0/24"],
  application: "Company VPN",
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

it("lists what the operator needs of each client, and no secret", async () => {
  const clients = new ClientRegistry();
  const usage = new ClientUsage({ nowMs: () => 60_000 });
  for (const name of ["vpn", "idle"]) clients.put({ ...vpn, name });
  usage.addSecret(vpn, oldSecret);
  usage.addDropped("vpn", "message-authenticator-missing");
  const answer = await new ClientListController(clients, usage, () => Promise.resolve([])).list();
  expect(answer).toMatchObject({
    since: "1970-01-01T00:01:00.000Z",
    clients: [
      { name: "idle", lastRequestAt: null, requests: 0 },
      {
        name: "vpn",
        application: "Company VPN",
        addresses: ["192.0.2.0/24"],
        target: "local",
        requireMessageAuthenticator: true,
        requests: 0,
        droppedUnsigned: 1,
        lastRequestAt: "1970-01-01T00:01:00.000Z",
        secrets: [
          { place: "first", lastUsedAt: null },
          { place: "second", lastUsedAt: "1970-01-01T00:01:00.000Z" },
        ],
      },
    ],
  });
  expect(answer.clients[1]?.hints).toHaveLength(2);
});

it("counts what the gateways in other threads have seen, each secret of the newest generation", async () => {
  const clients = new ClientRegistry();
  clients.put(vpn);
  const usageAt = (nowMs: number) => new ClientUsage({ nowMs: () => nowMs });
  const [own, older, other] = [usageAt(60_000), usageAt(90_000), usageAt(120_000)];
  for (const usage of [own, older, other]) usage.addDropped("vpn", "message-authenticator-missing");
  own.addSecret(vpn, newSecret);
  older.addSecret({ ...vpn, generation: 0n }, oldSecret);
  other.addSecret(vpn, oldSecret);
  const others = () => Promise.resolve([older.snapshot(), other.snapshot()]);
  expect(await new ClientListController(clients, own, others).list()).toMatchObject({
    since: "1970-01-01T00:01:00.000Z",
    clients: [
      {
        droppedUnsigned: 3,
        lastRequestAt: "1970-01-01T00:02:00.000Z",
        secrets: [
          { place: "first", lastUsedAt: "1970-01-01T00:01:00.000Z" },
          { place: "second", lastUsedAt: "1970-01-01T00:02:00.000Z" },
        ],
      },
    ],
  });
});
