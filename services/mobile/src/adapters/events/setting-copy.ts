import type { Sealer, StateRecord } from "@portcullis/kit";
import { settingPlace } from "@portcullis/login";
import type { SettingChanged } from "@portcullis/proto";
import { z } from "zod";
import type { MobileSettings, Settings } from "../../application/ports.js";

/** The section of the configuration that this service goes by. */
export const SECTION = "mobile";

const Section = z.object({
  publicUrl: z.string(),
  issuer: z.string(),
  activationMinutes: z.number(),
  maxDevices: z.number(),
  vapidPublicKey: z.string().optional(),
});

/** This process' own copy of the section. */
export class SettingCopy implements Settings {
  readonly #sealer: Sealer;
  #generation = -1n;
  #current: MobileSettings | undefined;

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  get current(): MobileSettings | undefined {
    return this.#current;
  }

  /**
   * Takes over the newest state; one that is older than what is here changes nothing. Fails with `UnknownKey` while this
   * process lacks the key that it is sealed with.
   */
  take({ state }: StateRecord<SettingChanged>): void {
    if (state === undefined) {
      this.#current = undefined;
      return;
    }
    if (state.generation < this.#generation) return;
    const plain = this.#sealer.open(state.sealedValue, settingPlace(SECTION));
    if (plain === undefined) throw new Error(`The section ${SECTION} was not sealed for its name.`);
    const { publicUrl, vapidPublicKey, ...section } = Section.parse(JSON.parse(plain.toString("utf8")));
    this.#generation = state.generation;
    this.#current = { ...section, publicUrl: publicUrl.replace(/\/+$/, ""), vapidPublicKey };
  }
}
