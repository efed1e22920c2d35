import { create } from "@bufbuild/protobuf";
import type { TargetEntry, TargetServerEntry } from "@portcullis/configuration";
import type { EventBus, Sealer } from "@portcullis/kit";
import { clientReplyAttributesPlace, clientSecretPlace, settingPlace, targetSecretPlace } from "@portcullis/login";
import {
  Accounting,
  ClientChangedSchema,
  MessageAuthenticatorDemand,
  PasswordCharset,
  Prompting,
  SettingChangedSchema,
  TargetChangedSchema,
  type TargetServer,
  TargetServerSchema,
  TargetType,
} from "@portcullis/proto";
import type { ConfigurationPublisher, PublishedClient, PublishedSetting } from "../../application/ports.js";
import type { ItemRecord } from "../../domain/configuration-item.js";
import { policyRule } from "./policy-rule.js";

const TARGET_TYPES = { local: TargetType.LOCAL, none: TargetType.NONE, radius: TargetType.RADIUS } as const;
const DEMANDS = {
  yes: MessageAuthenticatorDemand.YES,
  no: MessageAuthenticatorDemand.NO,
  auto: MessageAuthenticatorDemand.AUTO,
} as const;
const ACCOUNTING = { off: Accounting.OFF, record: Accounting.RECORD, forward: Accounting.FORWARD } as const;
const PROMPTING = { auto: Prompting.AUTO, always: Prompting.ALWAYS, never: Prompting.NEVER } as const;

const CHARSETS = {
  "utf-8": PasswordCharset.UNSPECIFIED,
  latin1: PasswordCharset.LATIN1,
  "windows-1252": PasswordCharset.WINDOWS_1252,
} as const;

/** Publishes the configuration on its compacted topics; shared secrets and settings are sealed. */
export class EventConfigurationPublisher implements ConfigurationPublisher {
  readonly #bus: EventBus;
  readonly #sealer: Sealer;

  constructor(bus: EventBus, sealer: Sealer) {
    this.#bus = bus;
    this.#sealer = sealer;
  }

  publishClient(client: PublishedClient, generation: number): Promise<void> {
    const place = clientSecretPlace(client.name);
    const message = create(ClientChangedSchema, {
      name: client.name,
      generation: BigInt(generation),
      addresses: [...client.addresses],
      sealedSecrets: client.secrets.map((secret) => this.#sealer.seal(Buffer.from(secret.reveal()), place)),
      application: client.application,
      target: client.target,
      requireMessageAuthenticator: client.requireMessageAuthenticator,
      limitProxyState: client.limitProxyState,
      timeLimitMs: client.timeLimitSeconds * 1_000,
      challengeTimeLimitMs: client.challengeTimeLimitSeconds * 1_000,
      rejectDelayMs: client.rejectDelayMs,
      maxExchanges: client.maxExchanges,
      maxRequestsPerSecond: client.maxRequestsPerSecond,
      forwards: client.forwards,
      prompting: PROMPTING[client.prompting],
      joinWithoutStation: client.joinWithoutStation,
      openvpnStaticChallenge: client.openvpnStaticChallenge,
      downloadableAcls: client.downloadableAcls,
      rejectsWithoutTarget: client.whenTargetUnavailable === "reject",
      passwordCharset: CHARSETS[client.passwordCharset],
      ...(client.appendedCode === undefined ? {} : { appendedCode: { ...client.appendedCode } }),
      accounting: ACCOUNTING[client.accounting],
      rules: client.rules.map(policyRule),
      ...(client.reconnectWindowSeconds === undefined ? {} : { reconnectWindowSeconds: client.reconnectWindowSeconds }),
      certificates: [...(client.tls?.certificates ?? [])],
      replyAttributes: client.replyAttributes.map(({ groups = [], attributes }, at) => ({
        groups: [...groups],
        sealedAttributes: this.#sealer.seal(
          Buffer.from(attributes.reveal()),
          clientReplyAttributesPlace(client.name, at),
        ),
      })),
    });
    return this.#bus.publishState(ClientChangedSchema, client.name, message);
  }

  publishTarget(target: TargetEntry, generation: number): Promise<void> {
    const message = create(TargetChangedSchema, {
      name: target.name,
      generation: BigInt(generation),
      type: TARGET_TYPES[target.type],
      servers:
        target.type === "radius" ? target.servers.map((server, at) => this.#server(target.name, server, at)) : [],
      returnsInnerIdentity: target.type === "radius" && target.returnsInnerIdentity,
      responseWindowSeconds: target.type === "radius" ? target.responseWindowSeconds : 0,
    });
    return this.#bus.publishState(TargetChangedSchema, target.name, message);
  }

  #server(target: string, server: TargetServerEntry, at: number): TargetServer {
    return create(TargetServerSchema, {
      address: server.address,
      port: server.port,
      accountingPort: server.accountingPort,
      sealedSecret: this.#sealer.seal(Buffer.from(server.secret.reveal()), targetSecretPlace(target, at)),
      messageAuthenticator: DEMANDS[server.requireMessageAuthenticator],
    });
  }

  publishSetting({ name, value }: PublishedSetting, generation: number): Promise<void> {
    const sealedValue = this.#sealer.seal(Buffer.from(value.reveal()), settingPlace(name));
    const message = create(SettingChangedSchema, { name, generation: BigInt(generation), sealedValue });
    return this.#bus.publishState(SettingChangedSchema, name, message);
  }

  remove({ kind, name }: ItemRecord): Promise<void> {
    switch (kind) {
      case "client":
        return this.#bus.publishState(ClientChangedSchema, name, undefined);
      case "target":
        return this.#bus.publishState(TargetChangedSchema, name, undefined);
      case "setting":
        return this.#bus.publishState(SettingChangedSchema, name, undefined);
    }
  }
}
