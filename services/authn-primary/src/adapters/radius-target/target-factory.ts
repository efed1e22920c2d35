import type { Clock, KeyedDigest, Log, Random, Sealer } from "@portcullis/kit";
import { loopTagOf, targetSecretPlace } from "@portcullis/login";
import { MessageAuthenticatorDemand, type TargetChanged, type TargetServer, TargetType } from "@portcullis/proto";
import { SharedSecret } from "@portcullis/radius";
import type { PasswordHasher, Target } from "../../application/ports.js";
import { AskedOnce } from "../../application/targets/asked-once.js";
import { LocalTarget } from "../../application/targets/local-target.js";
import { NoneTarget } from "../../application/targets/none-target.js";
import type { LearntServerMemory } from "./learnt-servers.js";
import { RadiusTarget } from "./radius-target.js";
import { RadiusTargetClient } from "./radius-target-client.js";
import {
  DEFAULT_RESPONSE_WINDOW_MS,
  DEFAULT_RETRANSMISSION,
  type MessageAuthenticatorRequirement,
  type RadiusTargetOptions,
  type TargetMetrics,
  type TargetServerOptions,
} from "./target-options.js";
import { serverId } from "./target-server.js";

const DEMANDS: Readonly<Record<MessageAuthenticatorDemand, MessageAuthenticatorRequirement>> = {
  [MessageAuthenticatorDemand.UNSPECIFIED]: "auto",
  [MessageAuthenticatorDemand.AUTO]: "auto",
  [MessageAuthenticatorDemand.YES]: "yes",
  [MessageAuthenticatorDemand.NO]: "no",
};

const ACCOUNTING_PORT = 1813;

export interface TargetFactoryParts {
  readonly hasher: PasswordHasher;
  readonly sealer: Sealer;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: TargetMetrics;
  readonly learnt: LearntServerMemory;
  readonly log: Log;
}

/** Makes targets out of their events. */
export class TargetFactory {
  readonly #parts: TargetFactoryParts;
  readonly #local: Target;
  readonly #none: Target = new NoneTarget();

  constructor(parts: TargetFactoryParts) {
    this.#parts = parts;
    this.#local = new LocalTarget(parts.hasher);
  }

  /** Fail closed: a type that a newer portal knows and we do not is no target here. */
  create(state: TargetChanged): Target | undefined {
    switch (state.type) {
      case TargetType.LOCAL:
        return this.#local;
      case TargetType.NONE:
        return this.#none;
      case TargetType.RADIUS:
        return this.#radius(state);
      default:
        return undefined;
    }
  }

  #radius({ name, servers, returnsInnerIdentity, responseWindowSeconds }: TargetChanged): Target {
    const { digest, clock, random, metrics, learnt, log } = this.#parts;
    const options = {
      name,
      servers: servers.map((server, at) => this.#server(name, server, at)),
      proxyState: loopTagOf(digest),
      ...timesOf(responseWindowSeconds),
    };
    const messageAuthenticatorLearnt = (server: string): void => {
      learnt.learn(name, server);
      log.info("target.message_authenticator_learnt", { target: name, server });
    };
    const ports = { clock, random, metrics, messageAuthenticatorLearnt };
    const client = new RadiusTargetClient(options, ports);
    const accounting = { ...options, servers: accountingServers(options.servers, servers) };
    const openAccounting = () => new RadiusTargetClient(accounting, ports);
    return new AskedOnce(new RadiusTarget({ client, openAccounting, random, returnsInnerIdentity }));
  }

  #server(
    target: string,
    { address, port, sealedSecret, messageAuthenticator }: TargetServer,
    at: number,
  ): TargetServerOptions {
    const secret = this.#parts.sealer.open(sealedSecret, targetSecretPlace(target, at));
    if (secret === undefined)
      throw new Error(`The secret of server ${at + 1} of the target ${target} was not sealed for it.`);
    const requireMessageAuthenticator = DEMANDS[messageAuthenticator] ?? "auto";
    const { learnt } = this.#parts;
    const id = serverId({ address, port });
    if (requireMessageAuthenticator !== "auto") learnt.forget(target, id);
    const messageAuthenticatorLearnt = learnt.has(target, id);
    return { address, port, secret: new SharedSecret(secret), requireMessageAuthenticator, messageAuthenticatorLearnt };
  }
}

/** The tries fit into the window, however short it is: all are sent in its first three quarters. */
function timesOf(responseWindowSeconds: number): Pick<RadiusTargetOptions, "responseWindowMs" | "retransmission"> {
  const responseWindowMs = responseWindowSeconds === 0 ? DEFAULT_RESPONSE_WINDOW_MS : responseWindowSeconds * 1000;
  const firstWaitMs = Math.min(DEFAULT_RETRANSMISSION.firstWaitMs, responseWindowMs / 4);
  return { responseWindowMs, retransmission: { ...DEFAULT_RETRANSMISSION, firstWaitMs } };
}

/**
 * The same servers at their ports of accounting; those of one address may share one, and then count once. Accounting-Response
 * has no Message-Authenticator by its RFC: nothing is demanded, and nothing learnt.
 */
function accountingServers(
  opened: readonly TargetServerOptions[],
  servers: readonly TargetServer[],
): readonly TargetServerOptions[] {
  const all = opened.map(({ address, secret }, at): TargetServerOptions => {
    const port = servers[at]?.accountingPort || ACCOUNTING_PORT;
    return { address, port, secret, requireMessageAuthenticator: "no" };
  });
  return all.filter((server, at) => all.findIndex((other) => serverId(other) === serverId(server)) === at);
}
