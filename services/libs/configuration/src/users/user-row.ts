import { loginNameOf } from "@portcullis/login";
import { defaultMethodTrouble } from "../checks/user-checks.js";
import type { TokenEntry, TokenType, UserEntry } from "../configuration.js";
import { Secret } from "../secrets/secret.js";
import { canonicalBase32 } from "../values/base32.js";
import { canonicalGroups, groupsInCell } from "../values/group-names.js";
import { phoneOf } from "../values/phone.js";
import type { Language, PinMode, SmsMode, UserMethod } from "../values/second-factor-words.js";
import { DEFAULT_TOKEN } from "../values/value-rules.js";
import { COLUMN_NAMES, type ColumnName, methodsInCell, USER_COLUMNS } from "./user-columns.js";

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
  if (row.pin !== undefined && row.pinHash !== undefined) {
    yield ["pinHash", "stands beside a pin: write only one of them"];
  }
  if (row.backupPhone !== undefined && row.phone === undefined) {
    yield ["backupPhone", "stands without a phone: write it as phone"];
  }
  const wrongDefault = defaultMethodTrouble({
    defaultMethod: row.defaultMethod,
    methods: row.methods === undefined ? undefined : methodsInCell(row.methods),
    hasPhone: row.phone !== undefined,
  });
  if (wrongDefault !== undefined) yield ["defaultMethod", wrongDefault];
  yield* checkToken(row);
}

function* checkToken(row: UserRow): Generator<CellFinding> {
  if (row.serial !== undefined && row.secret === undefined) yield ["secret", "is missing: a token needs one"];
  if (row.secret !== undefined && row.serial === undefined) yield ["serial", "is missing: a token needs one"];
  if (row.type !== undefined && row.serial === undefined) yield ["type", "stands without a serial: it is a token's"];
  if (row.counter !== undefined && row.type !== "hotp") yield ["counter", "belongs to tokens of type hotp"];
}

/** A line break within quotes is nearly always a quote that was forgotten. */
function checkOneLine(cell: string): string | undefined {
  return /[\r\n]/.test(cell) ? "must not contain a line break; is a quote not closed?" : undefined;
}

/** The user of a row in which `checkRow` found nothing. */
export function userOfRow(row: UserRow): UserEntry {
  const { name = "", groups = "", phone, backupPhone, mail, methods } = row;
  const token = tokenOfRow(row);
  return {
    name,
    loginName: loginNameOf(name),
    ...secretsOfRow(row),
    enabled: true,
    groups: canonicalGroups(groupsInCell(groups)),
    ...(phone === undefined ? {} : { phone: new Secret(phoneOf(phone)) }),
    ...(backupPhone === undefined ? {} : { backupPhone: new Secret(phoneOf(backupPhone)) }),
    ...(mail === undefined ? {} : { mail }),
    ...(methods === undefined ? {} : { methods: methodsInCell(methods) as readonly UserMethod[] }),
    ...(row.defaultMethod === undefined ? {} : { defaultMethod: row.defaultMethod as UserMethod }),
    language: (row.language ?? "en") as Language,
    smsMode: (row.smsMode ?? "one-way") as SmsMode,
    voiceMode: (row.voiceMode ?? "standard") as PinMode,
    appMode: (row.appMode ?? "standard") as PinMode,
    tokens: token === undefined ? [] : [token],
  };
}

function secretsOfRow(row: UserRow): Partial<Pick<UserEntry, (typeof SECRET_COLUMNS)[number]>> {
  const present = SECRET_COLUMNS.flatMap((column) => {
    const text = row[column];
    return text === undefined ? [] : [[column, new Secret(text)] as const];
  });
  return Object.fromEntries(present);
}

const SECRET_COLUMNS = ["password", "passwordHash", "pin", "pinHash"] as const;

function tokenOfRow({ serial, secret, type, counter }: UserRow): TokenEntry | undefined {
  if (serial === undefined || secret === undefined) return undefined;
  return {
    serial,
    type: (type ?? DEFAULT_TOKEN.type) as TokenType,
    secret: new Secret(canonicalBase32(secret) ?? secret),
    digits: DEFAULT_TOKEN.digits,
    periodSeconds: DEFAULT_TOKEN.period,
    algorithm: DEFAULT_TOKEN.algorithm,
    counter: Number(counter ?? 0),
  };
}
