import { afterAll, beforeAll, describe } from "vitest";
import { startEmbeddedProduct } from "../harness/product-under-test.js";
import { describeOcserv } from "./ocserv-behaviour.js";
import { describeOpenvpn } from "./openvpn-behaviour.js";
import { describePam } from "./pam-behaviour.js";
import { describeRadclient } from "./radclient-behaviour.js";
import { RealClientsBench } from "./real-clients-bench.js";

describe("programs that others have written, embedded", () => {
  const bench = new RealClientsBench(startEmbeddedProduct);
  beforeAll(() => bench.start());
  afterAll(() => bench.stop());

  describePam(bench);
  describeOcserv(bench);
  describeOpenvpn(bench);
  describeRadclient(bench);
});
