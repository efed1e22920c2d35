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
