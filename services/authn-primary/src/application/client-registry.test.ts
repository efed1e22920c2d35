import { describe, expect, it } from "vitest";
import { ClientRegistry } from "./client-registry.js";

function registry(): ClientRegistry {
  const clients = new ClientRegistry();
  clients.takeClient("vpn", { generation: 3, target: "local" });
  clients.takeTarget("local", { generation: 3, type: "local" });
  return clients;
}

describe("ClientRegistry", () => {
  it("knows the type of a client's target", () => {
    expect(registry().targetTypeOf("vpn")).toBe("local");
  });

  it("follows changes, the same generation again included, and ignores what is older", () => {
    const clients = registry();
    clients.takeTarget("trusted", { generation: 1, type: "none" });
    clients.takeClient("vpn", { generation: 2, target: "trusted" });
    expect(clients.targetTypeOf("vpn")).toBe("local");
    clients.takeClient("vpn", { generation: 3, target: "trusted" });
    expect(clients.targetTypeOf("vpn")).toBe("none");
    clients.takeTarget("trusted", { generation: 0, type: "local" });
    expect(clients.targetTypeOf("vpn")).toBe("none");
  });

  it("knows no type of an unknown client, without its target, or of a way that is not known here", () => {
    const clients = registry();
    expect(clients.targetTypeOf("other")).toBeUndefined();
    clients.takeTarget("local", { generation: 4, type: undefined });
    expect(clients.targetTypeOf("vpn")).toBeUndefined();
    clients.takeTarget("local", undefined);
    expect(clients.targetTypeOf("vpn")).toBeUndefined();
    clients.takeTarget("local", { generation: 1, type: "local" });
    expect(clients.targetTypeOf("vpn")).toBe("local");
    clients.takeClient("vpn", undefined);
    expect(clients.targetTypeOf("vpn")).toBeUndefined();
  });
});
