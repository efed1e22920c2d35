import { afterAll, beforeAll, describe } from "vitest";
import type { StartProduct } from "../harness/product-under-test.js";
import { describeAccessLists } from "./access-lists-behaviour.js";
import { describeCodes } from "./codes-behaviour.js";
import { VpnBench } from "./vpn-bench.js";

/** What VPN gateways send besides a plain login, whatever the mode. */
export function describeVpn(mode: string, start: StartProduct): void {
  describe(`VPN gateways, ${mode}`, () => {
    const bench = new VpnBench(start);
    beforeAll(() => bench.start());
    afterAll(() => bench.stop());

    describeCodes(bench);
    describeAccessLists(bench);
  });
}
