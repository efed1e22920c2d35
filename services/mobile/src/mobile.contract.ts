import { afterAll, beforeAll, describe } from "vitest";
import { activationBehaviour } from "./testing/activation-behaviour.js";
import type { MobileWorld } from "./testing/behaviours.js";
import { inboxBehaviour } from "./testing/inbox-behaviour.js";
import { signatureBehaviour } from "./testing/signature-behaviour.js";

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

    for (const [part, behaviour] of Object.entries({
      activation: activationBehaviour,
      signatures: signatureBehaviour,
      inbox: inboxBehaviour,
    })) {
      describe(part, () => behaviour(() => world));
    }
  });
}
