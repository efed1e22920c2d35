import type { UserName } from "./user-name.js";

/** The Cisco-AVPair by which a Cisco ASA says that it fetches an access list. */
export const ACL_DOWNLOAD = "aaa:event=acl-download";

/** As a Cisco ASA writes it; neither with a domain nor a realm, behind which there could be the name of a user. */
const ACCESS_LIST = /^#ACSACL#[^\\@]+$/;

/** Whether a name is one that access lists are fetched under. */
export function isAccessList({ text, usable }: UserName): boolean {
  return usable && ACCESS_LIST.test(text);
}
