import { afterAll, beforeAll, describe } from "vitest";
import type { StartProduct } from "../harness/product-under-test.js";
import { describeConversations } from "./conversations-behaviour.js";
import { describeEap } from "./eap-behaviour.js";
import { describeFirstFactor } from "./first-factor-behaviour.js";
import { describeHeld } from "./held-behaviour.js";
import { describeKills } from "./kills-behaviour.js";
import { describePasswordChange } from "./password-change-behaviour.js";
import { describeRdGateway } from "./rd-gateway-behaviour.js";
import { describeServers } from "./servers-behaviour.js";
import { TargetBench } from "./target-bench.js";

/** The product in front of a real FreeRADIUS, whatever the mode. */
export function describeTargets(mode: "embedded" | "distributed", start: StartProduct): void {
  describe(`RADIUS targets, ${mode}`, () => {
    const bench = new TargetBench(start);
    beforeAll(() => bench.start());
    afterAll(() => bench.stop());

    describeFirstFactor(bench);
    describePasswordChange(bench);
    describeConversations(bench);
    describeHeld(bench);
    describeRdGateway(bench);
    describeServers(bench);
    describeEap(bench);
    if (mode === "distributed") describeKills(bench);
  });
}
