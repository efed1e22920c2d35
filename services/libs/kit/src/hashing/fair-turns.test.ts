import { expect, it } from "vitest";
import { FairTurns } from "./fair-turns.js";

function setUp(max: number, share: number) {
  const turns = new FairTurns(max, share);
  const woken: string[] = [];
  const add = (client: string, times: number) =>
    Array.from({ length: times }, (_, at) => turns.add(client, () => woken.push(`${client}${at}`))).filter(Boolean)
      .length;
  const wakeAll = () => {
    for (let wake = turns.next(); wake !== undefined; wake = turns.next()) wake();
    return woken.join(" ");
  };
  return { add, wakeAll };
}

it("takes the lines in turn, each in its order", () => {
  const { add, wakeAll } = setUp(10, 0.5);
  add("a", 4);
  add("b", 1);
  add("c", 2);
  expect(wakeAll()).toBe("a0 b0 c0 a1 c1 a2 a3");
});

it("gives a client its share at most, and all together what there is", () => {
  const { add, wakeAll } = setUp(10, 0.5);
  expect([add("flood", 100), add("vpn", 3), add("wifi", 100), add("late", 1)]).toEqual([5, 3, 2, 0]);
  wakeAll();
  expect([add("flood", 100), add("late", 1)]).toEqual([5, 1]);
});

it("has room for one of each", () => {
  expect(setUp(4, 0.01).add("small", 5)).toBe(1);
});
