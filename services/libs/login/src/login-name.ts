import type { KeyedDigest } from "@portcullis/kit";
import type { UserId, UserKey } from "./ids.js";

/** The longest name that a request may carry, in octets. RFC 2865 section 5.1. */
export const MAX_USER_NAME_BYTES = 253;

/**
 * The name that identifies a user whatever form was typed: the local part, in lower case.
 * `CORP\Alice`, `alice@corp.example` and `ALICE` all give `alice`.
 * What stands before the last backslash is the domain, what follows the last `@` after it is the realm.
 * The result may be empty (`CORP\`); such a name identifies nobody.
 */
export function loginNameOf(name: string): string {
  const account = name.slice(name.lastIndexOf("\\") + 1);
  const realmAt = account.lastIndexOf("@");
  const local = realmAt === -1 ? account : account.slice(0, realmAt);
  return local.normalize("NFC").toLowerCase();
}

/** How a Cisco ASA names an access list, in lower case. */
const ACCESS_LIST = "#acsacl#";

/**
 * Whether a name belongs to access lists, which a Cisco ASA fetches as if they were users: no user ever has one of these,
 * neither whole nor without domain and realm, in any letter case.
 */
export function isAccessListName(name: string): boolean {
  return name.toLowerCase().startsWith(ACCESS_LIST) || loginNameOf(name).startsWith(ACCESS_LIST);
}

/** The user key of a typed name: a keyed hash, nothing personal in it. It spreads and tags, and never identifies anyone. */
export function userKeyOf(digest: KeyedDigest, name: string): UserKey {
  return digest.hex("user-key", loginNameOf(name)) as UserKey;
}

/** The id of a user who comes from the configuration file: the same for every owner that imports a part of it. */
export function fileUserIdOf(digest: KeyedDigest, loginName: string): UserId {
  return digest.hex("file-user-id", loginName) as UserId;
}

/** The Proxy-State by which a gateway of ours knows a request that we sent to a target and that came back. */
export function loopTagOf(digest: KeyedDigest): Uint8Array {
  return Buffer.from(digest.hex("loop tag"), "hex");
}
