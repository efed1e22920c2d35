import { stat } from "node:fs/promises";
import { fail, ok, type Result } from "@portcullis/kit";
import { loginNameOf } from "@portcullis/login";
import type { Configuration } from "../configuration.js";
import { type ConfigurationError, MAX_ERRORS } from "../configuration-error.js";
import { MAX_USERS_FILE_ROWS } from "../schema/users-schema.js";
import { type CheckedRow, checkedRows } from "./read-users.js";
import { SeenUsers } from "./seen-users.js";
import { COLUMN_NAMES, type ColumnName } from "./user-columns.js";
import type { UserRow } from "./user-row.js";
import { readCsv } from "./users-csv.js";
import { writeUsersCsv } from "./write-users-csv.js";

/** What became of the rows of a file that were to come among the users. */
export interface UsersMerge {
  readonly rows: number;
  readonly added: number;
  readonly replaced: number;
  /** What is wrong with each row that was left out; none quotes a cell. */
  readonly refused: readonly ConfigurationError[];
}

export interface MergeUsersOptions {
  /** Whether a row takes the place of the one of the same user. */
  readonly replace: boolean;
  /** Everything is checked and nothing written. */
  readonly dryRun: boolean;
}

/**
 * Takes the right rows of a CSV file over into the configuration's `usersFile`, which is written anew as a whole and then put in the
 * place of the old one: whoever reads it finds the old rows or the new ones. What the YAML file has is not touched.
 * @param from path of a file with the columns of `users.csv`
 * @returns what became of them, or what is wrong with the `usersFile` itself
 */
export async function mergeUsers(
  { users, usersFile }: Pick<Configuration, "users" | "usersFile">,
  from: string,
  { replace, dryRun }: MergeUsersOptions,
): Promise<Result<UsersMerge, readonly ConfigurationError[]>> {
  if (usersFile === undefined) return fail([{ file: from, path: "", message: "the configuration has no usersFile" }]);
  const present = await presentRows(usersFile, new SeenUsers(users));
  if (!present.ok) return present;
  const merging = new Merging(present.value.rows, users, replace);
  const refused: ConfigurationError[] = [];
  let rows = 0;
  for await (const checked of checkedRows(
    readCsv(from, () => undefined),
    from,
    new SeenUsers([]),
  )) {
    rows += 1;
    const wrong = checked.ok ? merging.take(checked.value, from) : checked.failure;
    if (wrong !== undefined) refused.push(wrong);
    if (refused.length >= MAX_ERRORS) return fail([...refused, tooMany(from)]);
  }
  const { added, replaced, all } = merging;
  if (!dryRun && added + replaced > 0)
    await writeUsersCsv(usersFile, columnsOf(present.value.columns, all), all.values());
  return ok({ rows, added, replaced, refused });
}

const tooMany = (file: string): ConfigurationError => ({
  file,
  path: "",
  message: `has ${MAX_ERRORS} mistakes or more: nothing of it was taken`,
});

interface PresentRows {
  readonly columns: readonly ColumnName[];
  readonly rows: Map<string, UserRow>;
}

/** The rows of the `usersFile` by login name; none where there is no file yet. */
async function presentRows(file: string, seen: SeenUsers): Promise<Result<PresentRows, readonly ConfigurationError[]>> {
  const rows = new Map<string, UserRow>();
  let columns: readonly ColumnName[] = [];
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return ok({ columns, rows });
  const wrong: ConfigurationError[] = [];
  const onColumns = (named: readonly ColumnName[]) => {
    columns = named;
  };
  for await (const checked of checkedRows(
    readCsv(file, () => undefined),
    file,
    seen,
    onColumns,
  )) {
    if (checked.ok) rows.set(loginNameOf(checked.value.row.name ?? ""), checked.value.row);
    else if (wrong.push(checked.failure) >= MAX_ERRORS) break;
  }
  return wrong.length > 0 ? fail(wrong) : ok({ columns, rows });
}

/** The users that there are, and those that come among them one after the other. */
class Merging {
  added = 0;
  replaced = 0;
  /** By login name, in the order of the file, new ones last. */
  readonly all: Map<string, UserRow>;
  readonly #ofYaml: ReadonlySet<string>;
  /** Whose each serial is. */
  readonly #owners = new Map<string, string>();
  readonly #replace: boolean;

  constructor(rows: Map<string, UserRow>, users: Configuration["users"], replace: boolean) {
    this.all = rows;
    this.#replace = replace;
    this.#ofYaml = new Set(users.map(({ loginName }) => loginName));
    for (const { loginName, tokens } of users) for (const { serial } of tokens) this.#owners.set(serial, loginName);
    for (const [loginName, { serial }] of rows) if (serial !== undefined) this.#owners.set(serial, loginName);
  }

  /** @returns why the row is left out */
  take({ line, row }: CheckedRow, file: string): ConfigurationError | undefined {
    const loginName = loginNameOf(row.name ?? "");
    const before = this.all.get(loginName);
    const refused = (path: ColumnName, message: string): ConfigurationError => ({ file, path, line, message });
    if (this.#ofYaml.has(loginName)) return refused("name", "is a user of the YAML file: change her there");
    if (before !== undefined && !this.#replace) return refused("name", "is there already: replace her with --replace");
    const owner = row.serial === undefined ? loginName : (this.#owners.get(row.serial) ?? loginName);
    if (owner !== loginName) return refused("serial", "is the serial of another user's token");
    if (before === undefined && this.all.size >= MAX_USERS_FILE_ROWS) return refused("name", "is one user too many");
    if (before?.serial !== undefined) this.#owners.delete(before.serial);
    if (row.serial !== undefined) this.#owners.set(row.serial, loginName);
    this.all.set(loginName, row);
    if (before === undefined) this.added += 1;
    else this.replaced += 1;
    return undefined;
  }
}

/** Those that the file had, in its order, then others that somebody has a value for. */
function columnsOf(before: readonly ColumnName[], rows: ReadonlyMap<string, UserRow>): readonly ColumnName[] {
  const used = new Set<ColumnName>(["name"]);
  for (const row of rows.values()) for (const column of Object.keys(row) as ColumnName[]) used.add(column);
  return [...before, ...COLUMN_NAMES.filter((column) => used.has(column) && !before.includes(column))];
}
