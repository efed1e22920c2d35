/** Groups of one user; a copy of them travels with each change of hers. */
export const MAX_GROUPS_PER_USER = 256;
const MAX_GROUP_NAME_LENGTH = 256;
const SEPARATOR = ";";

export function checkGroupName(name: string): string | undefined {
  if (name.trim() === "") return "must not be empty";
  if (name.length > MAX_GROUP_NAME_LENGTH) return `must be at most ${MAX_GROUP_NAME_LENGTH} characters long`;
  if (/\p{Cc}/u.test(name)) return "must not contain control characters";
  if (name.includes(SEPARATOR)) return `must not contain a ${SEPARATOR}, which separates groups in users.csv`;
  return name.trim() === name ? undefined : "must not begin or end with a space";
}

/** The groups of a user in a cell of `users.csv`, separated by `;`. */
export function checkGroupsCell(cell: string): string | undefined {
  const names = groupsInCell(cell);
  if (names.length > MAX_GROUPS_PER_USER) return `must be at most ${MAX_GROUPS_PER_USER} groups`;
  return names.map(checkGroupName).find((wrong) => wrong !== undefined);
}

export function groupsInCell(cell: string): readonly string[] {
  return cell
    .split(SEPARATOR)
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/**
 * Groups in the form in which they are compared, each once and sorted: directories take no notice of letter case, and the
 * order in which a source names them says nothing.
 */
export function canonicalGroups(names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => name.normalize("NFC").toLowerCase()))].toSorted();
}
