import type { Clients } from "../ports.js";
import type { WaysOfUser } from "../ways-of-user.js";
import { type ElsewhereAnswer, type Judgement, type Method, type TypedText, unasked } from "./method.js";

export interface ManualParts {
  readonly clients: Clients;
  readonly waysOfUser: WaysOfUser;
}

/** An operator's word, for trying a client before phones and apps are there; it counts only while the client still asks for it. */
export class ManualMethod implements Method {
  readonly #parts: ManualParts;

  constructor(parts: ManualParts) {
    this.#parts = parts;
  }

  async typed(_answer: TypedText): Promise<Judgement> {
    return unasked("FAILED_MANUAL_DENIED");
  }

  async elsewhere({ answer, client: name, userId, challenge }: ElsewhereAnswer): Promise<Judgement> {
    const denied: Judgement = { kind: "denied", resultCode: "FAILED_MANUAL_DENIED", byUser: false };
    if (answer.channel !== "operator" || answer.word !== "approve") return denied;
    const { clients, waysOfUser } = this.#parts;
    const client = clients.find(name);
    if (client === undefined) return denied;
    const ways = await waysOfUser.at(client, userId, challenge.canPrompt);
    return ways.some(({ method }) => method === "manual") ? { kind: "right", resultCode: "SUCCESS_MANUAL" } : denied;
  }
}
