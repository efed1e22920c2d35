import { describe, expect, it } from "vitest";
import { changesOf, type ItemRecord } from "./configuration-item.js";

const vpn: ItemRecord = { kind: "client", name: "vpn", generation: 3, digest: "a" };

describe("changesOf", () => {
  it("leaves an unchanged item at its generation", () => {
    const changes = changesOf([{ kind: "client", name: "vpn", digest: "a" }], [vpn]);
    expect(changes).toEqual({ current: [vpn], added: [], changed: [], gone: [] });
  });

  it("gives a changed item the next generation", () => {
    const changes = changesOf([{ kind: "client", name: "vpn", digest: "b" }], [vpn]);
    expect(changes.changed).toEqual([{ ...vpn, digest: "b", generation: 4 }]);
    expect(changes.current).toEqual(changes.changed);
    expect(changes.added).toEqual([]);
  });

  it("tells a target from a client of the same name", () => {
    const changes = changesOf([{ kind: "target", name: "vpn", digest: "a" }], [vpn]);
    expect(changes.added).toEqual([{ kind: "target", name: "vpn", digest: "a", generation: 1 }]);
    expect(changes.changed).toEqual([]);
    expect(changes.gone).toEqual([vpn]);
  });
});
