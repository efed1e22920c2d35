import { PooledRandom, systemClock } from "@portcullis/kit";
import { Code, octetsOf, SharedSecret } from "@portcullis/radius";
import { RadiusTargetClient, type TargetExchange } from "../radius-target-client.js";
import type { HealthOptions, RadiusTargetOptions, TargetServerOptions } from "../target-options.js";
import { FakeTarget, type Handler, replyTo, SECRET_TEXT } from "./fake-target.js";

export const SECRET = new SharedSecret(SECRET_TEXT);
export const TAG = Buffer.from("tag of this installation");
const QUICK_HEALTH: HealthOptions = {
  timeoutsToZombie: 2,
  zombiePeriodMs: 150,
  statusServer: true,
  checkIntervalMs: 40,
  checkTimeoutMs: 30,
  answersToAlive: 2,
  reviveIntervalMs: 200,
};

/** A client of fake servers, with what it told its metrics as lines of text. */
export class TargetUnderTest {
  readonly client: RadiusTargetClient;
  readonly told: string[] = [];
  readonly learnt: string[] = [];

  constructor(
    servers: ReadonlyArray<{ readonly port: number } & Partial<TargetServerOptions>>,
    options: Partial<RadiusTargetOptions> = {},
  ) {
    const told = this.told;
    this.client = new RadiusTargetClient(
      {
        name: "under-test",
        servers: servers.map((server) => ({
          address: "127.0.0.1",
          secret: SECRET,
          requireMessageAuthenticator: "yes",
          ...server,
        })),
        proxyState: TAG,
        retransmission: { firstWaitMs: 40, tries: 3 },
        responseWindowMs: 250,
        health: QUICK_HEALTH,
        ...options,
      },
      {
        clock: systemClock,
        random: new PooledRandom(),
        metrics: {
          requestSent: (_server, code, attempt) => told.push(`sent ${code} ${attempt}`),
          replyReceived: (_server, code) => told.push(`reply ${code}`),
          replyIgnored: (_server, reason) => told.push(`ignored ${reason}`),
          timedOut: () => told.push("timeout"),
          stateChanged: (_server, state) => told.push(`state ${state}`),
          refusedBusy: (client) => told.push(`busy ${client}`),
        },
        messageAuthenticatorLearnt: (server) => this.learnt.push(server),
      },
    );
  }

  exchange(exchange: Partial<TargetExchange> = {}) {
    return this.client.exchange({
      code: Code.AccessRequest,
      attributes: octetsOf([
        { type: 1, value: Buffer.from("alice") },
        { type: 2, value: Buffer.from("geheim") },
      ]),
      deadlineMs: systemClock.nowMs() + 5000,
      client: "vpn",
      ...exchange,
    });
  }

  /** How often a line was told. */
  count(line: string): number {
    return this.told.filter((each) => each === line).length;
  }
}

/** A server that accepts at once. */
export const accept: Handler = (request, answer) => answer(replyTo(request));
/** A server that gets everything and answers nothing. */
export const silent: Handler = () => undefined;

/** What a client calls the server. */
export function idOf({ port }: { readonly port: number }): string {
  return `127.0.0.1:${port}`;
}

/** The servers and clients of one test. */
export class StartedTargets {
  readonly #targets: FakeTarget[] = [];
  readonly #clients: TargetUnderTest[] = [];

  async target(handler: Handler): Promise<FakeTarget> {
    const started = await FakeTarget.start(SECRET, handler);
    this.#targets.push(started);
    return started;
  }

  clientOf(...parts: ConstructorParameters<typeof TargetUnderTest>): TargetUnderTest {
    const client = new TargetUnderTest(...parts);
    this.#clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map(({ client }) => client.close(0)));
    for (const target of this.#targets.splice(0)) target.stop();
  }
}
