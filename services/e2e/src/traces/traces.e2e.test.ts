import { eventually } from "@portcullis/testkit";
import { afterEach, expect, it } from "vitest";
import { challengeOf, codeAt, Nas, outcomeOf } from "../harness/nas.js";
import {
  type ProductUnderTest,
  type StartProduct,
  startDistributedProduct,
  startEmbeddedProduct,
} from "../harness/product-under-test.js";
import {
  CLIENTS,
  testConfiguration,
  testUsersFile,
  tokenSecretOf,
  trustedName,
} from "../harness/test-configuration.js";
import { type SpanCollector, startSpanCollector } from "./span-collector.js";

/** Spans are sent in batches, every five seconds. */
const SENT_WITHIN_MS = 20_000;

let product: ProductUnderTest | undefined;
let collector: SpanCollector | undefined;
afterEach(async () => {
  await product?.stop();
  collector?.close();
});

it.each<readonly [string, StartProduct, Readonly<Record<string, string>>]>([
  ["embedded", startEmbeddedProduct, {}],
  [
    "distributed",
    startDistributedProduct,
    {
      "gateway.exchange": "radius-gateway",
      "primary.check": "authn-primary",
      "orchestrator.open": "challenge-orchestrator",
      "orchestrator.answer": "challenge-orchestrator",
      "audit.append": "fraud-reporter",
      login: "challenge-orchestrator",
    },
  ],
])("%s: a login is one trace over all its hops, with nothing personal in it", async (_mode, start, services) => {
  collector = await startSpanCollector();
  const { spans, url } = collector;
  const environment = { PORTCULLIS_TRACES_URL: url };
  product = await start({ configuration: testConfiguration, usersFile: testUsersFile(), environment });
  const user = trustedName(0);
  const nas = new Nas({ ...CLIENTS.trusted, port: product.ports[0] });
  const challenge = challengeOf(await nas.password(user, ""));
  expect(outcomeOf(await nas.answer(user, challenge, codeAt(tokenSecretOf(user))))).toBe("accept");
  await eventually(async () => spans.some(({ name }) => name === "login") && spans.length >= 7, {
    what: "the spans of a login",
    timeoutMs: SENT_WITHIN_MS,
    everyMs: 200,
  });
  const root = spans.find(({ name }) => name === "login");
  const own = spans.filter(({ traceId }) => traceId === root?.traceId);
  expect(own.map(({ name }) => name).sort()).toEqual([
    "audit.append",
    "gateway.exchange",
    "gateway.exchange",
    "login",
    "orchestrator.answer",
    "orchestrator.open",
    "primary.check",
  ]);
  for (const { name, parentSpanId, service } of own) {
    expect([name, parentSpanId]).toEqual([name, name === "login" ? "" : root?.spanId]);
    expect(service).toBe(services[name] ?? "portcullis");
  }
  expect(root?.attributes).toEqual({
    "portcullis.client": "trusted",
    "portcullis.result_code": "SUCCESS_OATH_CODE_VERIFIED",
    "portcullis.verdict": "accept",
  });
  expect(JSON.stringify(spans)).not.toContain(user);
});
