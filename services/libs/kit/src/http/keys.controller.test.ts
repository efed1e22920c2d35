import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../clock.js";
import { InProcessBus, InProcessServer } from "../events/in-process.js";
import { createApplication } from "../run-service.js";
import { changeKeyFile, createKeyFile, readKeyFile, withActiveKey, withNewKey } from "../sealing/key-file.js";
import { KeyRingWatch } from "../sealing/key-ring-watch.js";
import type { ResealStatus } from "../sealing/reseal-run.js";
import { Resealer, type ResealOutcome, type ResealProgress } from "../sealing/resealer.js";
import { Sealer } from "../sealing/sealer.js";
import { createEventMetrics } from "../telemetry/event-metrics.js";
import { testPlatform } from "../test-platform.contract.js";
import { Unavailable } from "../unavailable.js";
import type { KeysReport } from "./keys.controller.js";

const KEY = "0123456789abcdef";
const AT = Date.parse("2026-03-01T10:00:00Z");

class TestedResealer extends Resealer {
  readonly what: string;
  readonly covers: readonly string[];
  readonly #outcome: () => ResealOutcome;

  constructor(what: string, outcome: () => ResealOutcome) {
    super();
    this.what = what;
    this.covers = [`${what}.column`];
    this.#outcome = outcome;
  }

  async run(onProgress: (progress: ResealProgress) => void): Promise<ResealOutcome> {
    onProgress({ done: 2, total: 3 });
    return this.#outcome();
  }

  uses(): Promise<ReadonlyMap<number, number>> {
    return Promise.resolve(new Map([[1, 3]]));
  }
}

describe("the key ring of a running process, over its internal interface", () => {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-keys-http-"));
  const path = join(folder, "keys.json");
  let app: NestFastifyApplication;
  let url: string;
  beforeEach(async () => {
    createKeyFile(path);
    const bus = new InProcessBus();
    const platform = testPlatform(bus);
    const keyRingWatch = new KeyRingWatch(path, platform.log);
    const away = (): never => {
      throw new Unavailable("away");
    };
    const broken = (): never => {
      throw new Error("broken");
    };
    const resealers = [
      new TestedResealer("whole", () => ({ outcome: "done", moved: 3, unreadable: 1 })),
      new TestedResealer("away", away),
      new TestedResealer("broken", broken),
    ];
    const providers = resealers.map((resealer) => ({ provide: resealer.what, useValue: resealer }));
    const parts = { clock: systemClock, log: platform.log, metrics: createEventMetrics(new Registry()) };
    app = await createApplication(
      { ...platform, keyRing: keyRingWatch.ring, keyRingWatch },
      { kind: "api-key", key: KEY },
      [{ module: class ResealersModule {}, providers }],
      new InProcessServer(bus, parts),
    );
    await app.listen(0, "127.0.0.1");
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}/internal/keys`;
  });
  afterEach(async () => {
    await app.close();
    rmSync(path);
  });

  const ask = (at = "", method = "GET", key = KEY) =>
    fetch(url + at, { method, headers: key === "" ? {} : { authorization: `Bearer ${key}` } });

  const keysReport = async () => (await (await ask()).json()) as KeysReport;
  const status = async () => (await (await ask("/reseal")).json()) as ResealStatus;

  it("tells nothing and does nothing without the API key, or with a wrong one", async () => {
    for (const [at, method] of [
      ["", "GET"],
      ["/uses", "GET"],
      ["/reseal", "GET"],
      ["/reseal", "POST"],
    ] as const) {
      const statuses = [];
      for (const key of ["", `${KEY.slice(0, -1)}e`]) statuses.push((await ask(at, method, key)).status);
      expect(statuses, `${method} ${at}`).toEqual([401, 401]);
    }
    expect(await status()).toEqual({ running: false, parts: [] });
  });

  it("reads the file before it answers, seals by it from then on, and gives no key away", async () => {
    const before = await keysReport();
    expect([before.active, Object.keys(before.keys), before.trouble]).toEqual([1, ["1"], null]);
    changeKeyFile(path, (now) => withActiveKey(withNewKey(now, AT), 2, AT));
    const text = await (await ask()).text();
    expect(JSON.parse(text)).toMatchObject({ active: 2, keys: { "1": before.keys["1"] }, trouble: null });
    expect(app.get(Sealer).activeKey).toBe(2);
    const { sealing, digest, audit } = readKeyFile(path);
    for (const key of [...Object.values(sealing), digest, audit]) expect(text).not.toContain(key);
  });

  it("has every resealer of the process run, whatever becomes of the others, and says how each ended", async () => {
    expect((await keysReport()).covers).toEqual(["whole.column", "away.column", "broken.column"]);
    expect(await (await ask("/uses")).json()).toContainEqual({ what: "whole", key: 1, count: 3 });
    const begun = await ask("/reseal", "POST");
    expect([begun.status, ((await begun.json()) as ResealStatus).parts]).toEqual([200, expect.any(Array)]);
    await expect.poll(async () => (await status()).running).toBe(false);
    expect((await status()).parts).toEqual([
      { what: "whole", done: 2, total: 3, outcome: "done", moved: 3, unreadable: 1 },
      { what: "away", done: 2, total: 3, outcome: "unavailable" },
      { what: "broken", done: 2, total: 3, outcome: "failed" },
    ]);
  });
});
