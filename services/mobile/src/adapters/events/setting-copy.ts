import { type MobileSettings, mobileSettings, openSetting } from "@portcullis/configuration";
import type { Sealer, StateRecord } from "@portcullis/kit";
import type { SettingChanged } from "@portcullis/proto";
import type { Settings } from "../../application/ports.js";

/** The section of the configuration that this service goes by. */
export const SECTION = "mobile";

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
      // Should it come back, its generations begin anew.
      this.#generation = -1n;
      return;
    }
    if (state.generation < this.#generation) return;
    this.#current = openSetting(this.#sealer, state, mobileSettings);
    this.#generation = state.generation;
  }
}
