import { nearMatch } from "../checks/near-match.js";
import { checkPasswordHash } from "../values/argon2-phc.js";
import { checkGroupsCell, groupsInCell } from "../values/group-names.js";
import { checkMailAddress } from "../values/mail-address.js";
import { checkPhone } from "../values/phone.js";
import { LANGUAGES, PIN_MODES, SMS_MODES, USER_METHODS } from "../values/second-factor-words.js";
import {
  checkPassword,
  checkPin,
  checkSerial,
  checkTokenSecret,
  checkUserName,
  MAX_TOKEN_COUNTER,
  type Rule,
  TOKEN_TYPES,
} from "../values/value-rules.js";

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
    meaning: "Serial number of the user's token, one with 6 digits, 30 seconds and SHA-1. With `secret` only.",
  },
  secret: { rule: checkTokenSecret, meaning: "Seed of the token in base32. With `serial` only." },
  type: { rule: oneOf(TOKEN_TYPES), meaning: "Type of the token: `totp` (the default) or `hotp`. With `serial` only." },
  counter: { rule: checkCounter, meaning: "Of a `hotp` token, default 0: the counter of its next code." },
  groups: { rule: checkGroupsCell, meaning: "Groups of the user, separated by `;`, as `users[].groups`." },
  phone: { rule: checkPhone, meaning: "Phone for calls and texts, `+49 30 901820` or `+49 30 901820 x890`." },
  backupPhone: { rule: checkPhone, meaning: "Called when the phone is busy or nobody answers. With `phone` only." },
  language: { rule: oneOf(LANGUAGES), meaning: `Language: ${LANGUAGES.map(code).join(", ")}. Default: \`en\`.` },
  mail: { rule: checkMailAddress, meaning: "Mail address." },
  methods: {
    rule: checkMethodsCell,
    meaning: `The methods that she may use, separated by \`;\`: ${USER_METHODS.map(code).join(", ")}. Default: all that she has.`,
  },
  defaultMethod: { rule: oneOf(USER_METHODS), meaning: "The method that she is asked with first." },
  smsMode: { rule: oneOf(SMS_MODES), meaning: "As `users[].smsMode`." },
  voiceMode: { rule: oneOf(PIN_MODES), meaning: "As `users[].voiceMode`." },
  appMode: { rule: oneOf(PIN_MODES), meaning: "As `users[].appMode`." },
  pin: { rule: checkPin, meaning: "PIN, 4 to 16 digits. Either this or `pinHash`, or neither." },
  pinHash: { rule: checkPasswordHash, meaning: "argon2id hash of the PIN, in quotes since it holds commas." },
} as const satisfies Record<string, UserColumn>;

function oneOf(words: readonly string[]): Rule {
  return (text) => (words.includes(text) ? undefined : `must be one of ${words.join(", ")}`);
}

function code(word: string): string {
  return `\`${word}\``;
}

function checkCounter(text: string): string | undefined {
  const right = /^\d{1,15}$/.test(text) && Number(text) <= MAX_TOKEN_COUNTER;
  return right ? undefined : `must be a whole number from 0 to ${MAX_TOKEN_COUNTER}`;
}

function checkMethodsCell(cell: string): string | undefined {
  const methods = methodsInCell(cell);
  if (methods.length === 0) return "must have at least one method, or be left empty";
  if (new Set(methods).size < methods.length) return "must not have the same method twice";
  return methods.map(oneOf(USER_METHODS)).find((wrong) => wrong !== undefined);
}

/** The methods of a user in a cell, separated by `;` as groups are. */
export function methodsInCell(cell: string): readonly string[] {
  return groupsInCell(cell);
}

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
