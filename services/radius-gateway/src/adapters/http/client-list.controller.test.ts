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

it("lists what the operator needs of each client, and no secret", () => {
  const clients = new ClientRegistry();
  const usage = new ClientUsage({ nowMs: () => 60_000 });
  for (const name of ["vpn", "idle"]) clients.put({ ...vpn, name });
  usage.addSecret(vpn, oldSecret);
  usage.addDropped("vpn", "message-authenticator-missing");
  const answer = new ClientListController(clients, usage).list();
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
