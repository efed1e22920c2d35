import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** What we use of the npm package `radius`: its dictionaries. Its codec stays off our path, see the ADR. */
export interface RadiusPackage {
  load_dictionaries(): void;
  load_dictionary(file: string): void;
  attr_id_to_name(type: number, vendorId?: number): string | undefined;
  /** Reads attributes into `into`, by name, with the types of the dictionary; throws when a value does not fit. */
  decode_attributes(octets: Buffer, into: Record<string, unknown>, vendorId: number): void;
}

/** Number under which the package keeps the attributes of no vendor. */
export const NO_VENDOR = -1;

/** Dictionaries of ours, in FreeRADIUS' format; the package brings those of the RFCs. */
export const OWN_DICTIONARIES = ["dictionary.microsoft", "dictionary.cisco"] as const;

let loaded: RadiusPackage | undefined;

/**
 * The package with all dictionaries read. It is loaded at the first call and not before: names are for people, and a process
 * that only answers logins never pays for them.
 */
export function dictionaries(): RadiusPackage {
  if (loaded === undefined) {
    const radius = createRequire(import.meta.url)("radius") as RadiusPackage;
    radius.load_dictionaries();
    for (const name of OWN_DICTIONARIES) {
      radius.load_dictionary(fileURLToPath(new URL(`../../dictionaries/${name}`, import.meta.url)));
    }
    loaded = radius;
  }
  return loaded;
}
