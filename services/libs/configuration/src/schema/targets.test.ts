import { describe, expect, test } from "vitest";
import { loaded, refused } from "../../test/files.js";

const SERVERS = "servers: [ { address: 192.0.2.9, secret: 0123456789abcdef } ]";
const target = (rest: string): string => `targets: [ { name: t, ${rest} } ]`;

describe("the response window", () => {
  test("is 20 s unless it is said", async () => {
    const radius = `type: radius, ${SERVERS}`;
    expect((await loaded(target(radius))).targets).toMatchObject([{ responseWindowSeconds: 20 }]);
    const said = await loaded(target(`${radius}, responseWindowSeconds: 4`));
    expect(said.targets).toMatchObject([{ responseWindowSeconds: 4 }]);
    for (const wrong of ["0", "121", "1.5"]) {
      const errors = await refused(target(`${radius}, responseWindowSeconds: ${wrong}`));
      expect(errors.join("\n")).toContain("targets[0].responseWindowSeconds");
    }
  });

  test("is of a target of type radius", async () => {
    const errors = await refused(target("type: none, responseWindowSeconds: 4"));
    expect(errors.join("\n")).toContain("targets[0].responseWindowSeconds: belongs to targets of type radius");
  });
});

describe("a target that names the inner identity", () => {
  test("is one only where that is said", async () => {
    const radius = `type: radius, ${SERVERS}`;
    expect((await loaded(target(radius))).targets).toMatchObject([{ returnsInnerIdentity: false }]);
    const named = await loaded(target(`${radius}, returnsInnerIdentity: true`));
    expect(named.targets).toMatchObject([{ returnsInnerIdentity: true }]);
  });

  test("is of type radius", async () => {
    const errors = await refused(target("type: local, returnsInnerIdentity: true"));
    expect(errors.join("\n")).toContain("targets[0].returnsInnerIdentity: belongs to targets of type radius");
  });
});
