import { loginNameOf } from "@portcullis/login";
import type { UserEntry } from "../configuration.js";
import { Secret } from "../secrets/secret.js";
import { canonicalBase32 } from "../values/base32.js";
import { canonicalGroups, groupsInCell } from "../values/group-names.js";
import { DEFAULT_TOKEN } from "../values/value-rules.js";
import { COLUMN_NAMES, type ColumnName, USER_COLUMNS } from "./user-columns.js";

/** The cells of a row that are not empty. */
export type UserRow = Readonly<Partial<Record<ColumnName, string>>>;

/** What is wrong with a cell. */
export type CellFinding = readonly [column: ColumnName, message: string];

/** What is wrong with a row by itself. Never quotes a cell. */
export function* checkRow(row: UserRow): Generator<CellFinding> {
  if (row.name === undefined) yield ["name", "is missing"];
  for (const column of COLUMN_NAMES) {
    const cell = row[column];
    const message = cell === undefined ? undefined : (checkOneLine(cell) ?? USER_COLUMNS[column].rule(cell));
    if (message !== undefined) yield [column, message];
  }
  if (row.password !== undefined && row.passwordHash !== undefined) {
    yield ["passwordHash", "stands beside a password: write only one of them"];
  }
  if (row.serial !== undefined && row.secret === undefined) yield ["secret", "is missing: a token needs one"];
  if (row.secret !== undefined && row.serial === undefined) yield ["serial", "is missing: a token needs one"];
}

/** A line break within quotes is nearly always a quote that was forgotten. */
function checkOneLine(cell: string): string | undefined {
  return /[\r\n]/.test(cell) ? "must not contain a line break; is a quote not closed?" : undefined;
}

/** The user of a row in which `checkRow` found nothing. */
export function userOfRow({ name = "", password, passwordHash, serial, secret, groups = "" }: UserRow): UserEntry {
  const token =
    serial === undefined || secret === undefined
      ? undefined
      : {
          serial,
          type: DEFAULT_TOKEN.type,
          secret: new Secret(canonicalBase32(secret) ?? secret),
          digits: DEFAULT_TOKEN.digits,
          periodSeconds: DEFAULT_TOKEN.period,
          algorithm: DEFAULT_TOKEN.algorithm,
        };
  return {
    name,
    loginName: loginNameOf(name),
    ...(password === undefined ? {} : { password: new Secret(password) }),
    ...(passwordHash === undefined ? {} : { passwordHash: new Secret(passwordHash) }),
    enabled: true,
    groups: canonicalGroups(groupsInCell(groups)),
    tokens: token === undefined ? [] : [token],
  };
}
