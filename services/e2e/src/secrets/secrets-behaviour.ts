import { randomBytes } from "node:crypto";
import { type FreeradiusServer, type StoredContent, sleepMs, startFreeradius } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyOptionsOf } from "../harness/key-options.js";
import type { ProductUnderTest, StartProduct } from "../harness/product-under-test.js";
import { type SpanCollector, startSpanCollector } from "../traces/span-collector.js";
import { apiKeyOf, keysOf, knownSecrets } from "./known-secrets.js";
import { plant } from "./plant.js";
import { type KnownSecret, SecretSearch } from "./secret-search.js";
import { freeradiusUsers, makeSecrets, secretsConfiguration } from "./secrets-configuration.js";
import { SecretsRun } from "./secrets-run.js";
import { WhereItRan } from "./where-it-ran.js";

/** Spans are sent in batches, every five seconds. */
const SPANS_SENT_MS = 7_000;

/** A whole run with everything switched on that talks, and no secret of it anywhere afterwards. */
export function describeSecrets(mode: string, start: StartProduct): void {
  describe(`secrets, ${mode}`, () => {
    const secrets = makeSecrets();
    const passed: StoredContent[] = [];
    let target: FreeradiusServer;
    let collector: SpanCollector;
    let product: ProductUnderTest;
    let run: SecretsRun;
    let places: WhereItRan;
    let known: readonly KnownSecret[];

    beforeAll(async () => {
      collector = await startSpanCollector();
      const clients = [{ name: "portcullis", address: "127.0.0.1", secret: secrets.target }];
      target = await startFreeradius({ users: freeradiusUsers(secrets), clients });
      product = await start({
        configuration: (listen, accounting) => secretsConfiguration(secrets, { listen, accounting, target }, false),
        usersFile: "",
        environment: { PORTCULLIS_LOG_LEVEL: "debug", PORTCULLIS_TRACES_URL: collector.url },
      });
      run = new SecretsRun(product, secrets, target);
      places = new WhereItRan(product, collector, run.printed);
    });
    afterAll(async () => {
      await product?.stop();
      await target?.stop();
      collector?.close();
    });

    const look = async (): Promise<void> => void passed.push(...(await places.passing()));
    it("does what it is for, right and wrong", async () => {
      expect(await run.logins()).toEqual({
        wrong: "reject",
        wrongCode: "challenge",
        rightCode: "accept",
        appended: "accept",
        wrongAppended: "reject",
        byChap: "accept",
        stranger: "timeout",
      });
      expect(await run.held(look)).toBe("accept");
      expect(await run.accounting()).toEqual(["Accounting-Response", "Accounting-Response"]);
      expect(await run.reload()).toBe("accept");
      await run.commands();
      const before = keysOf(product.keysFile);
      expect(await run.rotate(keyOptionsOf(product))).toBe(0);
      await look();
      const keys = [...before, ...keysOf(product.keysFile)];
      expect(new Set(keys.map(({ name }) => name)).size).toBe(before.length + 1);
      const apiKey = product.apiKeyFile === undefined ? [] : [apiKeyOf(product.apiKeyFile)];
      known = [...knownSecrets(secrets, run.typedCodes), ...keys, ...apiKey];
      await sleepMs(SPANS_SENT_MS);
      expect(collector.spans.length).toBeGreaterThan(10);
      if (product.dataFolder !== undefined) for (const one of product.processesOf("portal")) await one.stop();
    });

    it("leaves none of its secrets in logs, traces, output, topics, pending state, tables or files", async () => {
      const search = new SecretSearch(known);
      const contents = [...passed, ...(await places.left())];
      const found = contents.flatMap(({ place, octets }) =>
        search.in(octets).map((finding) => ({ place, ...finding })),
      );
      expect(found).toEqual([]);
      const kinds = new Set(contents.map(({ place }) => place.split(" ")[0]));
      const stored = product.dataFolder === undefined ? ["Kafka", "Redis", "table"] : ["table"];
      expect(kinds).toEqual(new Set([...stored, "file", "printed", "trace"]));
    });

    it("would find a secret that was put into any of these places", async () => {
      const planted = `planted-${randomBytes(9).toString("base64url")}`;
      run.printed.push(`planted: ${planted}`);
      const expected = [...(await plant(product, collector.url, planted)), /^printed by command/];
      const search = new SecretSearch([{ name: "planted", octets: Buffer.from(planted) }]);
      const found = (await places.left())
        .filter(({ octets }) => search.in(octets).length > 0)
        .map(({ place }) => place);
      const missed = expected.filter((pattern) => !found.some((place) => pattern.test(place)));
      expect(missed).toEqual([]);
    });
  });
}
