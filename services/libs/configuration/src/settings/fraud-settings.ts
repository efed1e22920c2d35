import { z } from "zod";
import { LANGUAGES, type Language } from "../values/second-factor-words.js";

/** What follows when somebody says that a login was not hers: the section `fraud`, every default filled in. */
export interface FraudSettings {
  /** What is dialled or texted to report it: 1 to 4 digits, or empty where that is switched off. */
  readonly code: string;
  /** Whether a report blocks the user. */
  readonly block: boolean;
  /** Days after which such a block ends by itself; 0: never. */
  readonly blockDays: number;
  /** Addresses that are told of each report. */
  readonly mail: readonly string[];
  readonly language: Language;
}

/** Reads the section back; keys of a newer portal are left out. */
export const fraudSettings: z.ZodType<FraudSettings> = z.object({
  code: z.string(),
  block: z.boolean(),
  blockDays: z.int(),
  mail: z.array(z.string()),
  language: z.enum(LANGUAGES),
});
