import {
  type NotificationsSettings,
  notificationsSettings,
  openSetting,
  type ProviderSettings,
} from "@portcullis/configuration";
import type { Log, Random, Sealer, StateRecord } from "@portcullis/kit";
import type { SettingChanged } from "@portcullis/proto";
import { ProviderEntry } from "../../application/failover-line.js";
import type { Provider, TextSource } from "../../application/ports.js";
import { faultOfText, type OwnTexts, Texts } from "../../domain/texts.js";
import { HttpProvider } from "./http/http-provider.js";
import type { Inbound } from "./inbound.js";
import type { Outbox } from "./outbox/outbox.js";
import { OutboxProvider } from "./outbox/outbox-provider.js";
import { SmppProvider } from "./smpp/smpp-provider.js";
import { SmtpProvider } from "./smtp/smtp-provider.js";
import { TwilioProvider } from "./twilio/twilio-provider.js";

/** The section of the configuration that is ours. */
const SECTION = "notifications";

export interface ProviderRegistryParts {
  readonly sealer: Sealer;
  readonly outbox: Outbox;
  readonly random: Random;
  readonly log: Log;
  /** Where providers hand in what they are told; asked when they do. */
  readonly inbound: () => Inbound;
}

interface Running {
  /** What it was made of: one that has not changed keeps its session and its health. */
  readonly made: string;
  readonly entry: ProviderEntry;
}

/** The providers of the configuration as it is now, its texts and its keys for pushes. Without a section there are none. */
export class ProviderRegistry implements TextSource {
  readonly #parts: ProviderRegistryParts;
  #running: readonly Running[] = [];
  #generation = -1n;
  #texts = new Texts();
  #webPush: NotificationsSettings["webPush"];

  constructor(parts: ProviderRegistryParts) {
    this.#parts = parts;
  }

  get texts(): Texts {
    return this.#texts;
  }

  get webPush(): NotificationsSettings["webPush"] {
    return this.#webPush;
  }

  entries(): readonly ProviderEntry[] {
    return this.#running.map(({ entry }) => entry);
  }

  find(name: string): Provider | undefined {
    return this.entries().find(({ provider }) => provider.name === name)?.provider;
  }

  /** Takes over the section's newest state; one that is older than what is here changes nothing. */
  async take({ key, state }: StateRecord<SettingChanged>): Promise<void> {
    if (key !== SECTION || (state !== undefined && state.generation < this.#generation)) return;
    const settings = state && openSetting(this.#parts.sealer, state, notificationsSettings);
    this.#generation = state?.generation ?? -1n;
    await this.use(settings);
  }

  async use(settings: NotificationsSettings | undefined): Promise<void> {
    const before = this.#running;
    this.#running = (settings?.providers ?? []).flatMap((provider) => {
      const made = JSON.stringify([provider, settings?.publicUrl]);
      return before.find((running) => running.made === made) ?? this.#start(made, provider, settings?.publicUrl) ?? [];
    });
    this.#texts = new Texts(this.#ownTexts(settings?.texts ?? {}));
    this.#webPush = settings?.webPush;
    const gone = before.filter((running) => !this.#running.includes(running));
    await Promise.all(gone.map(({ entry }) => entry.provider.close()));
  }

  async onModuleDestroy(): Promise<void> {
    await this.use(undefined);
  }

  /** One that can't be made takes no others with it. */
  #start(made: string, settings: ProviderSettings, publicUrl: string | undefined): Running | undefined {
    try {
      return { made, entry: new ProviderEntry(this.#create(settings, publicUrl)) };
    } catch (error) {
      this.#parts.log.error("provider.bug", { provider: settings.name, error });
      return undefined;
    }
  }

  #create(settings: ProviderSettings, publicUrl: string | undefined): Provider {
    const { inbound, random, log, outbox } = this.#parts;
    switch (settings.type) {
      case "twilio":
        return new TwilioProvider(settings, publicUrl);
      case "smpp":
        return new SmppProvider(settings, { inbound: inbound(), random, log });
      case "http":
        return new HttpProvider(settings);
      case "smtp":
        return new SmtpProvider(settings);
      case "outbox":
        return new OutboxProvider(settings, outbox);
    }
  }

  /** A text that is wrong is told, and the built-in one stands in for it: nobody is left without her code. */
  #ownTexts(given: NotificationsSettings["texts"]): OwnTexts {
    const own: Record<string, Record<string, string>> = {};
    for (const [language, texts] of Object.entries(given)) {
      for (const [key, text] of Object.entries(texts ?? {})) {
        const fault = faultOfText(key, text);
        if (fault !== undefined) this.#parts.log.error("texts.refused", { language, fault });
        else own[language] = { ...own[language], [key]: text };
      }
    }
    return own;
  }
}
