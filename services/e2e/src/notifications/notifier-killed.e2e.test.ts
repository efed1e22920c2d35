import { eventually, sleepMs } from "@portcullis/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { challengeOf, Nas, outcomeOf } from "../harness/nas.js";
import { type ProductUnderTest, startDistributedProduct } from "../harness/product-under-test.js";
import { ADDRESS, notificationsConfiguration, PASSWORD, SECRET } from "./notifications-configuration.js";
import { SilentProvider } from "./silent-provider.js";

/** What would be sent twice has been sent after this. */
const SETTLE_MS = 2_000;
const UNKNOWN = 'method="sms",outcome="unknown"} 1';

const provider = new SilentProvider();
let product: ProductUnderTest;

beforeAll(async () => {
  await provider.listen();
  const texts = `{ name: silent, type: http, url: "${provider.url}", body: '{{to}} {{text}}', headers: { Content-Type: text/plain } }`;
  product = await startDistributedProduct({
    configuration: (listen) => notificationsConfiguration(listen, texts),
    usersFile: "",
  });
}, 120_000);
afterAll(async () => {
  await product?.stop();
  await provider.stop();
}, 60_000);

/** Of all replicas. */
async function metrics(): Promise<string> {
  const urls = product.reach("notifier").map(([, url]) => `${url}/metrics`);
  return (await Promise.all(urls.map(async (url) => (await fetch(url)).text()))).join("");
}

it("a notifier that is killed with a text on its way texts nobody twice, and the code of that text works", {
  timeout: 120_000,
}, async () => {
  const nas = new Nas({ address: ADDRESS, secret: SECRET, port: product.ports[0], intervalMs: 2_000, tries: 20 });
  const challenge = challengeOf(await nas.password("otto", PASSWORD));
  await eventually(() => provider.texts.length > 0, { what: "a text", timeoutMs: 20_000 });
  await Promise.all(product.processesOf("notifier").map((process) => process.kill()));
  await Promise.all(product.processesOf("notifier").map((process) => process.restart()));
  // The event comes again, to whichever: it finds the claim of the dead one.
  const isUnknown = async () => (await metrics()).includes(UNKNOWN);
  await eventually(isUnknown, { what: "nobody knows what became of the text", timeoutMs: 30_000, everyMs: 500 });
  await sleepMs(SETTLE_MS);
  expect(provider.texts).toHaveLength(1);
  const [, code = ""] = /^\+49301234507 (\d{6}) /.exec(provider.texts[0] ?? "") ?? [];
  expect(outcomeOf(await nas.answer("otto", challenge, code))).toBe("accept");
  expect(product.logged().join("\n")).not.toContain(`${code} is`);
});
