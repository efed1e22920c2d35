import { nearMatch } from "../checks/near-match.js";
import { checkPasswordHash } from "../values/argon2-phc.js";
import { checkGroupsCell } from "../values/group-names.js";
import { checkPassword, checkSerial, checkTokenSecret, checkUserName, type Rule } from "../values/value-rules.js";

/** A column of `users.csv`: the rule of its cells, and its meaning for the reference page. */
interface UserColumn {
  readonly rule: Rule;
  readonly meaning: string;
}

export const USER_COLUMNS = {
  name: { rule: checkUserName, meaning: "Name of the user, as `users[].name`." },
  password: {
    rule: checkPassword,
    meaning: "Password, 1 to 128 bytes. Either this or `passwordHash`, or neither.",
  },
  passwordHash: {
    rule: checkPasswordHash,
    meaning: "argon2id hash, in quotes since it holds commas; as `users[].passwordHash`.",
  },
  serial: {
    rule: checkSerial,
    meaning: "Serial number of the user's token, a TOTP token with 6 digits, 30 seconds and SHA-1. With `secret` only.",
  },
  secret: { rule: checkTokenSecret, meaning: "Seed of the token in base32. With `serial` only." },
  groups: { rule: checkGroupsCell, meaning: "Groups of the user, separated by `;`, as `users[].groups`." },
} as const satisfies Record<string, UserColumn>;

export type ColumnName = keyof typeof USER_COLUMNS;

export const COLUMN_NAMES = Object.keys(USER_COLUMNS) as readonly ColumnName[];

/** The columns of a header in the order of the file, or everything that is wrong with it; `column` is 1-based. */
export function readHeader(cells: readonly string[]): {
  readonly columns: readonly ColumnName[];
  readonly wrong: readonly { readonly column: number; readonly message: string }[];
} {
  const columns: ColumnName[] = [];
  const wrong: { column: number; message: string }[] = [];
  for (const [at, cell] of cells.entries()) {
    const name = COLUMN_NAMES.find((known) => known === cell);
    if (name === undefined) wrong.push({ column: at + 1, message: unknownColumn(cell) });
    else if (columns.includes(name)) wrong.push({ column: at + 1, message: `there is already a column ${name}` });
    else columns.push(name);
  }
  if (wrong.length === 0 && !columns.includes("name")) wrong.push({ column: 1, message: "there is no column name" });
  return { columns, wrong };
}

/** Does not quote the cell: in a file without a header it may be a password. */
function unknownColumn(cell: string): string {
  const near = nearMatch(cell, COLUMN_NAMES);
  return near === undefined
    ? `unknown column: the first line names the columns, which are ${COLUMN_NAMES.join(", ")}`
    : `unknown column, did you mean ${near}?`;
}
