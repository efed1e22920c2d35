import { afterAll, beforeAll, describe } from "vitest";
import { activationBehaviour } from "./testing/activation.contract.js";
import { inboxBehaviour } from "./testing/inbox.contract.js";
import { signatureBehaviour } from "./testing/signature.contract.js";
import type { MobileWorld } from "./testing/world.contract.js";

/** A new database takes seconds of one core, and on a busy machine many more. */
const START_MS = 90_000;

/** The whole service, by its HTTP interface and its events. */
export function describeMobile(name: string, open: () => Promise<MobileWorld>): void {
  describe(`mobile on ${name}`, () => {
    let world: MobileWorld;
    beforeAll(async () => {
      world = await open();
      for (const replica of new Set([world.one, world.other])) await replica.configure();
    }, START_MS);
    afterAll(() => world.close());

    describe("activation", () => {
      activationBehaviour(() => world);
    });
    describe("signatures", () => {
      signatureBehaviour(() => world);
    });
    describe("inbox", () => {
      inboxBehaviour(() => world);
    });
  });
}
