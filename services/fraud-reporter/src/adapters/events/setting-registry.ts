import { fraudSettings, openSetting } from "@portcullis/configuration";
import type { Sealer, StateRecord } from "@portcullis/kit";
import type { SettingChanged } from "@portcullis/proto";
import type { FraudSettings } from "../../application/ports.js";
import { DEFAULT_RULES, type FraudRules } from "../../domain/fraud-report.js";

const SECTION = "fraud";

/** This process' own copy of the section `fraud`. */
export class SettingRegistry implements FraudSettings {
  readonly #sealer: Sealer;
  #generation: bigint | undefined;
  #rules: FraudRules = DEFAULT_RULES;

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  get rules(): FraudRules {
    return this.#rules;
  }

  /**
   * Takes over the newest state of our section; an older one, and one of another section, changes nothing. Without a section
   * the defaults are in force. Fails for one that can't be read, which leaves what was in force, and with `UnknownKey` while
   * this process lacks its key.
   */
  take({ key, state }: StateRecord<SettingChanged>): void {
    if (key !== SECTION) return;
    if (state === undefined) {
      this.#generation = undefined;
      this.#rules = DEFAULT_RULES;
      return;
    }
    if (this.#generation !== undefined && state.generation < this.#generation) return;
    const { block, blockDays, mail, language } = openSetting(this.#sealer, { ...state, name: SECTION }, fraudSettings);
    this.#rules = { block, blockDays, mail, language };
    this.#generation = state.generation;
  }
}
