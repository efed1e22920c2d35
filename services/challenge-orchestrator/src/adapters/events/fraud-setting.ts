import { fraudSettings, openSetting } from "@portcullis/configuration";
import type { Sealer, StateRecord } from "@portcullis/kit";
import type { SettingChanged } from "@portcullis/proto";

const SECTION = "fraud";
/** Where the configuration has no such section. */
const DEFAULT_CODE = "0";

/** What is dialled or texted to report fraud, as the newest configuration has it. */
export class FraudSetting {
  readonly #sealer: Sealer;
  #generation = -1n;
  #code = DEFAULT_CODE;

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  get code(): string {
    return this.#code;
  }

  /** Fails with `UnknownKey` while this process lacks the key of what is sealed in it. */
  take({ key, state }: StateRecord<SettingChanged>): void {
    if (key !== SECTION) return;
    if (state === undefined) {
      this.#code = DEFAULT_CODE;
      // Should it come back, its generations begin anew.
      this.#generation = -1n;
      return;
    }
    if (state.generation < this.#generation) return;
    this.#code = openSetting(this.#sealer, state, fraudSettings).code;
    this.#generation = state.generation;
  }
}
