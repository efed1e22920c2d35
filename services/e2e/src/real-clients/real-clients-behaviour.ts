import { afterAll, beforeAll, describe } from "vitest";
import type { StartProduct } from "../harness/product-under-test.js";
import { describeOcserv } from "./ocserv-behaviour.js";
import { describeOpenvpn } from "./openvpn-behaviour.js";
import { describePam } from "./pam-behaviour.js";
import { describeRadclient } from "./radclient-behaviour.js";
import { RealClientsBench } from "./real-clients-bench.js";

export function describeRealClients(mode: string, start: StartProduct): void {
  describe(`programs that others have written, ${mode}`, () => {
    const bench = new RealClientsBench(start);
    beforeAll(() => bench.start());
    afterAll(() => bench.stop());

    describePam(bench);
    describeOcserv(bench);
    describeOpenvpn(bench);
    describeRadclient(bench);
  });
}
