import type { Configuration, ConfigurationReading } from "@portcullis/configuration";
import type { Log } from "@portcullis/kit";
import { expect, it, vi } from "vitest";
import { watchListeners } from "./watch-listeners.js";

const radiusOn = (authPort: number): Configuration["radius"] => ({ listen: [{ address: "127.0.0.1", authPort }] });
const readingOf = (version: number, authPort: number): ConfigurationReading => ({
  version,
  result: { ok: true, value: { radius: radiusOn(authPort) } as Configuration },
});

it("warns once for each change that would move the listeners, and hands on what was read", async () => {
  let reading = readingOf(1, 1812);
  const warn = vi.fn<Log["warn"]>();
  const silent = () => undefined;
  const source = {
    read: () => Promise.resolve(reading),
    changedSince: (version: number) => Promise.resolve(version === 7),
  };
  const watched = watchListeners(
    source,
    { radius: radiusOn(1812) },
    { debug: silent, info: silent, warn, error: silent },
  );
  expect(await watched.read()).toBe(reading);
  expect(warn).not.toHaveBeenCalled();
  reading = readingOf(2, 1645);
  expect(await watched.read()).toBe(reading);
  await watched.read();
  expect(warn.mock.calls.map(([event]) => event)).toEqual(["configuration.restart_needed"]);
  reading = { version: 3, result: { ok: false, failure: [] } };
  await watched.read();
  reading = readingOf(4, 1812);
  await watched.read();
  expect(warn).toHaveBeenCalledTimes(1);
  expect([await watched.changedSince(7), await watched.changedSince(1)]).toEqual([true, false]);
});
