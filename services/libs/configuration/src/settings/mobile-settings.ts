import { z } from "zod";

/** The authenticator app: the section `mobile`, every default filled in. */
export interface MobileSettings {
  /** The URL under which devices reach `/device/`, without a slash at its end. */
  readonly publicUrl: string;
  readonly issuer: string;
  readonly activationMinutes: number;
  readonly maxDevices: number;
  /** What browsers subscribe to pushes with, in base64url; absent where `notifications.webPush` is. */
  readonly vapidPublicKey?: string | undefined;
}

/** Reads the section back; keys of a newer portal are left out. */
export const mobileSettings: z.ZodType<MobileSettings> = z.object({
  publicUrl: z.string(),
  issuer: z.string(),
  activationMinutes: z.int(),
  maxDevices: z.int(),
  vapidPublicKey: z.string().optional(),
});
