import { setTimeout as sleep } from "node:timers/promises";
import {
  type AnswerOutcome,
  type DeviceAnswerToGive,
  DeviceCallRefused,
  type DeviceClient,
  type InboxAnswer,
  type ShownChallenge,
} from "@portcullis/device-client";
import { Asker } from "../terminal/ask.js";
import { CommandError } from "../terminal/fail.js";

const WAIT_SECONDS = 25;
const AGAIN_AFTER_MS = 1_000;
const EXIT_REFUSED = 2;
const EXIT_UNKNOWN = 3;

const NOTICES: Readonly<Record<ShownChallenge["notice"], string>> = {
  none: "",
  "pin-wrong": "The PIN was wrong. ",
  "match-wrong": "That was not it. ",
  "code-wrong": "The code was wrong. ",
};

export interface ListenOptions {
  readonly approve?: true;
  readonly deny?: true;
  readonly fraud?: true;
  readonly pin?: string;
  readonly match?: string;
  readonly once?: true;
  readonly json?: true;
}

/** Shows what comes into the inbox and answers it, until it has done so once or until it is ended. */
export async function listen(client: DeviceClient, options: ListenOptions): Promise<void> {
  const listener = new Listener(client, options);
  for (let known = ""; ; ) {
    const inbox = await listener.look(known);
    if (inbox === undefined) continue;
    known = inbox.version;
    const exitCode = await listener.take(inbox);
    if (exitCode === undefined) continue;
    process.exitCode = exitCode;
    return;
  }
}

class Listener {
  readonly #client: DeviceClient;
  readonly #options: ListenOptions;
  /** What has been shown: challenges with their attempts, and ends. */
  readonly #shown = new Set<string>();
  #away = false;

  constructor(client: DeviceClient, options: ListenOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** @returns undefined when nobody answers now; fails when nobody ever will */
  async look(known: string): Promise<InboxAnswer | undefined> {
    try {
      const inbox = await this.#client.inbox({ waitSeconds: WAIT_SECONDS, known });
      this.#away = false;
      return inbox;
    } catch (error) {
      if (error instanceof DeviceCallRefused && error.status < 500 && error.status !== 429) {
        throw new CommandError(`${error.message} (${error.status})`);
      }
      if (!this.#away) process.stderr.write("The device API does not answer now; asking again.\n");
      this.#away = true;
      await sleep(AGAIN_AFTER_MS);
      return undefined;
    }
  }

  /** @returns what to end with, when it is time to */
  async take({ challenges, results }: InboxAnswer): Promise<number | undefined> {
    for (const result of results) {
      if (this.#isNew(`${result.challengeId} ${result.result}`))
        this.#say({ event: "result", ...result }, `${printable(result.application ?? "A login")}: ${result.result}.`);
    }
    for (const challenge of challenges) {
      if (!this.#isNew(`${challenge.challengeId} ${challenge.attempt}`)) continue;
      this.#say({ event: "challenge", ...challenge }, textOf(challenge));
      const outcome = await this.#answer(challenge);
      if (outcome !== undefined && this.#options.once) return exitCodeOf(outcome);
    }
    return undefined;
  }

  /** @returns undefined when it was not answered */
  async #answer(challenge: ShownChallenge): Promise<AnswerOutcome | undefined> {
    const answer = givenBy(challenge, this.#options) ?? (await askedFor(challenge));
    if (answer === undefined) return undefined;
    try {
      const outcome = await this.#client.answer(challenge.challengeId, answer);
      const { challengeId } = challenge;
      this.#say({ event: "answered", challengeId, word: answer.word, ...outcome }, outcomeText(outcome));
      return outcome;
    } catch (error) {
      if (!(error instanceof DeviceCallRefused)) throw error;
      const { status, reason, message } = error;
      this.#say({ event: "refused", challengeId: challenge.challengeId, status, reason }, message);
      return undefined;
    }
  }

  #isNew(what: string): boolean {
    if (this.#shown.has(what)) return false;
    this.#shown.add(what);
    return true;
  }

  #say(event: object, text: string): void {
    process.stdout.write(this.#options.json ? `${JSON.stringify(event)}\n` : `${text}\n`);
  }
}

function givenBy(
  { attempt }: ShownChallenge,
  { approve, deny, fraud, pin, match }: ListenOptions,
): DeviceAnswerToGive | undefined {
  const word = approve ? "approve" : deny ? "deny" : fraud ? "fraud" : undefined;
  if (word === undefined) return undefined;
  return { word, attempt, ...(pin !== undefined && { pin }), ...(match !== undefined && { matched: match }) };
}

/** Asks a person. Nothing is answered when the input has ended. */
async function askedFor(challenge: ShownChallenge): Promise<DeviceAnswerToGive | undefined> {
  const asker = new Asker();
  try {
    const { attempt } = challenge;
    const word = wordOf(await asker.ask("Is it you? y: let me in, n: no, f: somebody else does that: ", true));
    if (word !== "approve") return word && { word, attempt };
    const matched = await matchedBy(challenge, asker);
    const pin = challenge.asksPin ? await asker.ask("PIN: ", false) : "";
    return pin === undefined || matched === undefined ? undefined : { word, attempt, pin, matched };
  } finally {
    asker.close();
  }
}

function wordOf(typed: string | undefined): DeviceAnswerToGive["word"] | undefined {
  if (typed === undefined) return undefined;
  const letter = typed.trim().toLowerCase();
  if (letter === "f") return "fraud";
  return letter === "y" ? "approve" : "deny"; // Fail closed: what is no yes is a no.
}

async function matchedBy({ matching, choices }: ShownChallenge, asker: Asker): Promise<string | undefined> {
  if (matching === "none") return "";
  if (matching === "number") return (await asker.ask("The number that you see there: ", true))?.trim();
  const list = choices.map((choice, at) => `  ${at + 1}  ${printable(choice)}\n`).join("");
  const typed = await asker.ask(`${list}Which of them do you connect to? `, true);
  return typed === undefined ? undefined : (choices[Number(typed) - 1] ?? typed.trim());
}

function textOf(challenge: ShownChallenge): string {
  const { notice, application, userName, station, sourceAddress, requestedAtMs, expiresAtMs } = challenge;
  const [at, until] = [requestedAtMs, expiresAtMs].map((ms) => new Date(ms).toLocaleTimeString());
  const from = [station, sourceAddress].filter((text) => text !== "").map(printable);
  return `${NOTICES[notice]}${printable(userName)} wants to log in to ${printable(application)}, from ${from.join(", ") || "somewhere"}, at ${at}; until ${until}.`;
}

function outcomeText(outcome: AnswerOutcome): string {
  switch (outcome.outcome) {
    case "closed":
      return `The login is ${outcome.result}.`;
    case "again":
      return "That was wrong.";
    case "fraud-reported":
      return "Reported: the login is refused.";
    case "taken":
      return "Taken; what comes of it is not known yet.";
  }
}

function exitCodeOf(outcome: AnswerOutcome): number {
  if (outcome.outcome === "taken") return EXIT_UNKNOWN;
  return outcome.outcome === "closed" && outcome.result === "approved" ? 0 : EXIT_REFUSED;
}

/** What others wrote must not control the terminal. */
const printable = (text: string): string => text.replaceAll(/\p{C}/gu, "?");
