import { AttributeType, type Exchanged, stateAttribute } from "@portcullis/radius";
import { describe, expect, it } from "vitest";
import { challengeOf, codeAt, outcomeOf, stateOf } from "../harness/nas.js";
import { tokenSecretOf } from "../harness/test-configuration.js";
import { readReply, station } from "./attributes.js";
import { PATIENT, type TargetBench } from "./target-bench.js";
import { askedName, type ClientName, PASSWORD, TARGETS_PIN, TARGETS_QUESTION } from "./target-configuration.js";

/** A target that asks something itself after the password. Asked users 0 to 9. */
export function describeConversations(bench: TargetBench): void {
  /** One packet of a user who sits at one machine; what she types is shown by the client that got the challenge. */
  class Dialogue {
    readonly #client: ClientName;
    readonly #user: string;

    constructor(client: ClientName, user: string) {
      this.#client = client;
      this.#user = user;
    }

    async type(text: string, { at = 0, after }: { at?: 0 | 1; after?: Exchanged } = {}) {
      const nas = bench.nas(this.#client, at).with(PATIENT);
      const state = after === undefined ? [] : [stateAttribute(stateOf(after))];
      const result = await nas.password(this.#user, text, [...station(`pc ${this.#user}`), ...state]);
      return { result, ...readReply(result, nas) };
    }

    /** @returns the target's challenge */
    async begin(): Promise<Exchanged> {
      const asked = await this.type(PASSWORD);
      expect([asked.outcome, asked.text(AttributeType.ReplyMessage)]).toEqual(["challenge", TARGETS_QUESTION]);
      return challengeOf(asked.result);
    }
  }

  describe("a RADIUS target that asks something itself", () => {
    it.each([
      ["the same gateway", askedName(0), 0],
      ["the other gateway", askedName(1), 1],
    ] as const)("lets in whoever answers it at %s", async (_where, user, at) => {
      const mark = await bench.mark();
      const dialogue = new Dialogue("plain", user);
      const asked = await dialogue.begin();
      const accepted = await dialogue.type(TARGETS_PIN, { at, after: asked });
      expect([accepted.outcome, accepted.text(AttributeType.Class)]).toEqual(["accept", "class"]);
      expect(await bench.endsSince(mark)).toEqual(["plain SUCCESS_MFA_NOT_REQUIRED"]);
    });

    it("refuses a wrong answer as the target does, and takes the right one for it no more", async () => {
      const mark = await bench.mark();
      const dialogue = new Dialogue("plain", askedName(2));
      const asked = await dialogue.begin();
      expect((await dialogue.type("0000", { after: asked })).outcome).toBe("reject");
      expect((await dialogue.type(TARGETS_PIN, { after: asked })).outcome).toBe("reject");
      expect(await bench.endsSince(mark)).toEqual(["plain FAILED_PRIMARY_REJECTED"]);
    });

    it("is answered by its own user only", async () => {
      const mark = await bench.mark();
      const asked = await new Dialogue("plain", askedName(3)).begin();
      const other = await new Dialogue("plain", askedName(4)).type(TARGETS_PIN, { after: asked });
      expect(other.outcome).toBe("reject");
      const own = await new Dialogue("plain", askedName(3)).type(TARGETS_PIN, { after: asked });
      expect(own.outcome).toBe("accept");
      const ends = await bench.endsSince(mark, 2);
      expect(ends.toSorted()).toEqual(["plain FAILED_STATE_INVALID", "plain SUCCESS_MFA_NOT_REQUIRED"]);
    });

    it("comes before our own prompt: its answer is no code, the code is not its answer", async () => {
      const mark = await bench.mark();
      const user = askedName(5);
      const dialogue = new Dialogue("code", user);
      const asked = await dialogue.begin();
      const prompt = await dialogue.type(TARGETS_PIN, { after: asked, at: 1 });
      expect(prompt.outcome).toBe("challenge");
      expect(prompt.text(AttributeType.ReplyMessage)).not.toBe(TARGETS_QUESTION);
      expect(prompt.has(AttributeType.Class)).toBe(false);
      const again = await dialogue.type(TARGETS_PIN, { after: challengeOf(prompt.result) });
      expect(again.outcome).toBe("challenge");
      const accepted = await dialogue.type(codeAt(tokenSecretOf(user)), { after: challengeOf(again.result), at: 1 });
      expect([accepted.outcome, accepted.text(AttributeType.Class)]).toEqual(["accept", "class"]);
      expect(await bench.endsSince(mark)).toEqual(["code SUCCESS_OATH_CODE_VERIFIED"]);
    });

    it.each([
      ["approved", askedName(6), true],
      ["denied", askedName(7), false],
    ] as const)("comes before a second factor that is answered elsewhere: %s", async (_how, user, approved) => {
      const mark = await bench.mark();
      const dialogue = new Dialogue("held", user);
      const asked = await dialogue.begin();
      const pending = dialogue.type(TARGETS_PIN, { after: asked, at: 1 });
      await bench.answer(user, approved);
      const reply = await pending;
      expect([reply.outcome, reply.has(AttributeType.Class)]).toEqual([approved ? "accept" : "reject", approved]);
      expect(await bench.endsSince(mark)).toEqual([approved ? "held SUCCESS_MANUAL" : "held FAILED_MANUAL_DENIED"]);
    });

    it("answers a repeated packet with the same challenge, and asks the target no second time", async () => {
      const nas = bench.nas("plain").with(PATIENT);
      const user = askedName(8);
      const mark = await bench.mark();
      const octets = nas.build(user, PASSWORD, station("pc-repeated"));
      const [first, second] = [await nas.send(octets), await nas.send(octets)];
      expect([outcomeOf(first), outcomeOf(second)]).toEqual(["challenge", "challenge"]);
      expect(stateOf(challengeOf(second))).toEqual(stateOf(challengeOf(first)));
      const accepted = await nas.answer(user, challengeOf(second), TARGETS_PIN);
      expect(outcomeOf(accepted)).toBe("accept");
      expect(await bench.endsSince(mark)).toEqual(["plain SUCCESS_MFA_NOT_REQUIRED"]);
    });
  });
}
