import type { Sealer } from "@portcullis/kit";
import { settingPlace } from "@portcullis/login";
import type { z } from "zod";

/** What a reader needs of a `SettingChanged`. */
interface SealedSetting {
  readonly name: string;
  readonly sealedValue: Uint8Array;
}

/**
 * Opens a section of the configuration that travelled sealed.
 * @param schema the section's own: `notificationsSettings`, `mobileSettings` or `fraudSettings`
 * Fails with `UnknownKey` while this process lacks the key, and with an error, which says nothing of the value, when it was
 * not sealed for this section or is none.
 */
export function openSetting<Settings>(
  sealer: Sealer,
  { name, sealedValue }: SealedSetting,
  schema: z.ZodType<Settings>,
): Settings {
  const plain = sealer.open(sealedValue, settingPlace(name));
  if (plain === undefined) throw new Error(`The section ${name} of the configuration was not sealed for it.`);
  const read = schema.safeParse(jsonOf(plain));
  if (!read.success) throw new Error(`The section ${name} of the configuration is not what it has to be.`);
  return read.data;
}

/** Undefined, which no section is, for what is no JSON; the parser's own message would quote it. */
function jsonOf(plain: Buffer): unknown {
  try {
    return JSON.parse(plain.toString("utf8"));
  } catch {
    return undefined;
  }
}
