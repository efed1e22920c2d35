import { describe, expect, it } from "vitest";
import { ALICE, OrchestratorWorld } from "../testing/orchestrator-world.js";
import { ExplainPolicy, type SupposedLogin } from "./explain-policy.js";

const LOGIN: SupposedLogin = { client: "vpn", userId: ALICE, station: "", credential: "password", hasCode: false };

describe("ExplainPolicy", () => {
  it("decides as a login would, says which rule it was, and uses nothing up", async () => {
    const world = new OrchestratorWorld();
    world.setClient("vpn", {}, { methods: ["oath", "app"] });
    const own = world.clients.get("vpn")?.rules ?? [];
    const admins = { name: "admins", groups: ["admins"], settings: { methods: ["app"] } as const };
    world.setClient("vpn", { rules: [admins, ...own] });
    world.factors.addToken(ALICE, "T1");
    world.factors.change(ALICE, { devices: ["d1"], groups: ["admins"] });
    const clients = { find: (name: string) => world.clients.get(name), applications: () => [] };
    const explain = new ExplainPolicy(clients, world.factors, world.clock);
    const asked = await explain.execute(LOGIN);
    expect(asked).toMatchObject({ decision: "ask", because: "methods", rule: "admins", ways: [{ method: "app" }] });
    expect(asked?.settings).toContainEqual({ setting: "mfa", value: "on", rule: "client" });
    const bypass = { bypassId: "b1", untilMs: world.nowMs + 1 };
    world.factors.change(ALICE, { bypass });
    for (let time = 0; time < 2; time++) expect((await explain.execute(LOGIN))?.decision).toBe("bypass");
    expect(await explain.execute({ ...LOGIN, userId: undefined })).toMatchObject({ resultCode: "FAILED_USER_UNKNOWN" });
    expect(await explain.execute({ ...LOGIN, client: "nobody" })).toBeUndefined();
  });
});
