import type { Sealer, StateRecord } from "@portcullis/kit";
import { settingPlace } from "@portcullis/login";
import type { SettingChanged } from "@portcullis/proto";
import { z } from "zod";
import type { FraudSettings } from "../../application/ports.js";
import { DEFAULT_RULES, type FraudRules } from "../../domain/fraud-report.js";

const SECTION = "fraud";
const MAX_BLOCK_DAYS = 3_650;

/** What is ours of the section. */
const FraudSection = z.object({
  block: z.boolean().default(DEFAULT_RULES.block),
  blockDays: z.int().min(0).max(MAX_BLOCK_DAYS).default(DEFAULT_RULES.blockDays),
  mail: z.array(z.string()).default([]),
  language: z.string().default(DEFAULT_RULES.language),
});

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
    this.#rules = rulesOf(state, this.#sealer);
    this.#generation = state.generation;
  }
}

function rulesOf({ sealedValue }: SettingChanged, sealer: Sealer): FraudRules {
  const value = sealer.open(sealedValue, settingPlace(SECTION));
  if (value === undefined) throw new Error(`The section ${SECTION} was not sealed for its place.`);
  return FraudSection.parse(JSON.parse(Buffer.from(value).toString("utf8")));
}
