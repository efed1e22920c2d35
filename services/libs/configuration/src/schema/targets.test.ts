import { describe, expect, test } from "vitest";
import { loaded, refused } from "../../test/files.js";

const SERVERS = "servers: [ { address: 192.0.2.9, secret: 0123456789abcdef } ]";
const target = (rest: string): string => `targets: [ { name: t, ${rest} } ]`;

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
