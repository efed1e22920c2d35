import { describe, expect, it } from "vitest";
import { ClientRegistry } from "./client-registry.js";
import type { Target } from "./ports.js";
import { NoneTarget } from "./targets/none-target.js";

const local: Target = new NoneTarget();
const trusted: Target = new NoneTarget();

function registry(): ClientRegistry {
  const clients = new ClientRegistry();
  clients.takeClient("vpn", { generation: 3, target: "local" });
  clients.takeTarget("local", { generation: 3, target: local });
  return clients;
}

describe("ClientRegistry", () => {
  it("knows the target of a client", () => {
    expect(registry().targetOf("vpn")).toBe(local);
  });

  it("follows changes, and ignores a client's older state", () => {
    const clients = registry();
    clients.takeTarget("trusted", { generation: 1, target: trusted });
    clients.takeClient("vpn", { generation: 2, target: "trusted" });
    expect(clients.targetOf("vpn")).toBe(local);
    clients.takeClient("vpn", { generation: 3, target: "trusted" });
    expect(clients.targetOf("vpn")).toBe(trusted);
  });

  it("wants a target's newer state only, and gives back the one before", () => {
    const clients = registry();
    expect([2, 3, 4].map((generation) => clients.wantsTarget("local", generation))).toEqual([false, false, true]);
    expect(clients.wantsTarget("other", 0)).toBe(true);
    expect(clients.takeTarget("local", { generation: 4, target: trusted })).toBe(local);
    expect(clients.targets()).toEqual([trusted]);
  });

  it("knows no target of an unknown client, of one without its target, or of a way that is not known here", () => {
    const clients = registry();
    expect(clients.targetOf("other")).toBeUndefined();
    clients.takeTarget("local", { generation: 4, target: undefined });
    expect(clients.targetOf("vpn")).toBeUndefined();
    clients.takeTarget("local", undefined);
    expect(clients.targetOf("vpn")).toBeUndefined();
    clients.takeTarget("local", { generation: 1, target: local });
    expect(clients.targetOf("vpn")).toBe(local);
    clients.takeClient("vpn", undefined);
    expect(clients.targetOf("vpn")).toBeUndefined();
  });
});
