import { writeFileSync } from "node:fs";
import { AttributeType, textAttribute } from "@portcullis/radius";
import { eventually, type FreeradiusServer } from "@portcullis/testkit";
import { generateSync } from "otplib";
import { challengeOf, Nas, outcomeOf } from "../harness/nas.js";
import { type Ended, portcullis } from "../harness/portcullis.js";
import type { ProductUnderTest } from "../harness/product-under-test.js";
import { radclient } from "../harness/radclient.js";
import { chap } from "../targets/attributes.js";
import {
  ADDRESSES,
  type ClientName,
  CODE_DIGITS,
  type Secrets,
  secretsConfiguration,
  type UserName,
} from "./secrets-configuration.js";

const PATIENT = { intervalMs: 1_000, tries: 20 } as const;
const STEP_SECONDS = 30;
const station = (name: string) => textAttribute(AttributeType.CallingStationId, name);

/** What people and machines do in a day, with secrets in their hands. */
export class SecretsRun {
  readonly #product: ProductUnderTest;
  readonly #secrets: Secrets;
  readonly #target: FreeradiusServer;
  /** Right ones and wrong ones. */
  readonly typedCodes: string[] = [];
  /** What commands printed. */
  readonly printed: string[] = [];

  constructor(product: ProductUnderTest, secrets: Secrets, target: FreeradiusServer) {
    this.#product = product;
    this.#secrets = secrets;
    this.#target = target;
  }

  /** @returns how each part ended, to be compared with how it must end: a run that did nothing proves nothing */
  async logins(): Promise<Record<string, string>> {
    const { passwords, wrongPassword } = this.#secrets;
    const vpn = this.#nas("vpn");
    const real = this.#nas("real");
    const wrong = outcomeOf(await vpn.password("alice", wrongPassword, station("a")));
    const challenge = challengeOf(await vpn.password("alice", passwords.alice, station("a")));
    const wrongCode = outcomeOf(await vpn.answer("alice", challenge, this.#typed("24681357")));
    const again = challengeOf(await vpn.password("alice", passwords.alice, station("b")));
    const rightCode = outcomeOf(await vpn.answer("alice", again, this.#code("alice")));
    const appended = outcomeOf(await real.password("bob", `${passwords.bob},${this.#code("bob")}`, station("c")));
    const wrongAppended = outcomeOf(
      await real.password("bob", `${passwords.bob},${this.#typed("13572468")}`, station("d")),
    );
    const byChap = outcomeOf(
      await this.#nas("plain").raw({ userName: "carol", attributes: [...chap(passwords.carol), ...station("e")] }),
    );
    const stranger = outcomeOf(await vpn.with({ secret: wrongPassword, tries: 1 }).password("alice", passwords.alice));
    return { wrong, wrongCode, rightCode, appended, wrongAppended, byChap, stranger };
  }

  /** A login that an operator lets in; the prompt of another one stays open meanwhile. @param look what is there now */
  async held(look: () => Promise<void>): Promise<string> {
    const { passwords } = this.#secrets;
    await this.#nas("vpn").password("bob", passwords.bob, station("open"));
    const pending = this.#nas("held").with(PATIENT).password("carol", passwords.carol, station("f"));
    const [reach = []] = this.#product.reach("challenge-orchestrator");
    await eventually(async () => (await this.#command("answer", ...reach)).stdout.includes("carol"), {
      what: "the login waits for its operator",
      timeoutMs: 20_000,
      everyMs: 500,
    });
    await look();
    await this.#command("answer", "--newest", "--approve", ...reach);
    return outcomeOf(await pending);
  }

  async accounting(): Promise<(string | undefined)[]> {
    const server = { port: this.#product.accountingPorts[0], secret: this.#secrets.clients.real };
    const send = (status: string) =>
      radclient(server, ["User-Name = bob", "Acct-Session-Id = s1", `Acct-Status-Type = ${status}`], "acct");
    return [(await send("Start")).reply, (await send("Stop")).reply];
  }

  /** The file changes: a client and a user more, whose login works then. */
  async reload(): Promise<string> {
    const ports = { listen: [], accounting: [], target: this.#target };
    const { configurationFile } = this.#product;
    const listening = this.#product.dataFolder !== undefined;
    const embedded = { ...ports, listen: this.#product.ports, accounting: this.#product.accountingPorts };
    writeFileSync(configurationFile, secretsConfiguration(this.#secrets, listening ? embedded : ports, true));
    for (const service of ["portal", "authn-primary", "challenge-orchestrator", "directory-sync"] as const) {
      for (const reach of this.#product.reach(service)) await this.#command("reload", ...reach);
    }
    const added = this.#nas("added");
    const { dave } = this.#secrets.passwords;
    const password = () => added.password("dave", dave, station("g"));
    await eventually(async () => outcomeOf(await password()) === "challenge", {
      what: "the added user is asked for a code",
      timeoutMs: 30_000,
      everyMs: 500,
    });
    return outcomeOf(await added.answer("dave", challengeOf(await password()), this.#code("dave")));
  }

  /** Everything that shows something, and calls with keys that are right, wrong and missing. */
  async commands(): Promise<void> {
    const { configurationFile } = this.#product;
    await this.#command("run", "--config", configurationFile, "--check");
    for (const [service, ...args] of [
      ["radius-gateway", "clients", "--json"],
      ["fraud-reporter", "sessions", "--json"],
      ["fraud-reporter", "audit", "verify"],
    ] as const) {
      for (const reach of this.#product.reach(service)) await this.#command(...args, ...reach);
    }
    for (const service of ["portal", "fraud-reporter"] as const) {
      const { body } = await this.#product.call(service, "/metrics");
      this.printed.push(body);
      const [url] = (this.#product.reach(service)[0] ?? []).filter((word) => word.startsWith("http"));
      if (url === undefined) continue;
      const headers = { authorization: `Bearer ${this.#secrets.wrongApiKey}` };
      this.printed.push(await (await fetch(`${url}/internal/keys`, { headers })).text());
    }
  }

  async rotate(keyOptions: readonly string[]): Promise<number | null> {
    const { code } = await this.#command("keys", "rotate", ...keyOptions);
    await this.#command("keys", "list", ...keyOptions);
    return code;
  }

  async #command(...args: readonly string[]): Promise<Ended> {
    const ended = await portcullis(args);
    this.printed.push(ended.stdout, ended.stderr);
    return ended;
  }

  #nas(name: ClientName): Nas {
    return new Nas({ address: ADDRESSES[name], secret: this.#secrets.clients[name], port: this.#product.ports[0] });
  }

  #code(user: UserName): string {
    const epoch = Math.floor(Date.now() / 1_000 / STEP_SECONDS) * STEP_SECONDS;
    return this.#typed(generateSync({ secret: this.#secrets.seeds[user], digits: CODE_DIGITS, epoch }));
  }

  #typed(code: string): string {
    this.typedCodes.push(code);
    return code;
  }
}
