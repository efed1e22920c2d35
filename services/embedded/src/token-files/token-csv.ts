import { type CsvRow, CsvTrouble, readCsv } from "@portcullis/configuration";
import {
  algorithmNamed,
  type FileEntry,
  type FileToken,
  MAX_TOKENS_OF_FILE,
  MAX_VALUE_LENGTH,
  TokenFileTrouble,
  wholeNumber,
} from "./file-token.js";

/** How each column may be called, letter case, spaces and signs aside: ours, vendors', and those of Microsoft Entra. */
const NAMES = {
  userName: ["upn", "userprincipalname", "user", "username", "name"],
  serial: ["serial", "serialnumber", "serialno"],
  secret: ["secret", "secretkey", "secretbase32", "secretkeybase32", "seed"],
  periodSeconds: ["interval", "timeinterval", "timeintervalseconds", "period"],
  type: ["type"],
  digits: ["digits"],
  algorithm: ["algorithm"],
  counter: ["counter"],
  ignored: ["manufacturer", "model"],
} as const;

type Column = keyof typeof NAMES;
type Row = Readonly<Partial<Record<Column, string>>>;

/** What a file without names has, in this order; what stands behind is not looked at. */
const UNNAMED: readonly Column[] = ["serial", "secret", "periodSeconds"];

const COLUMNS_HELP =
  "the first line names the columns: serial, secret and user (or upn), maybe interval, type, digits, algorithm, counter, manufacturer, model";

/**
 * Reads tokens from a CSV file: with a line that names the columns, or without one as serial, secret in base32, interval.
 * Throws `TokenFileTrouble` when nothing of it can be trusted.
 */
export async function readTokenCsv(path: string): Promise<readonly FileEntry[]> {
  const entries: FileEntry[] = [];
  for await (const { line, row } of rowsOf(path)) {
    if (entries.length >= MAX_TOKENS_OF_FILE)
      throw new TokenFileTrouble(`it has more than ${MAX_TOKENS_OF_FILE} tokens`);
    entries.push(entryOf(`line ${line}`, row));
  }
  return entries;
}

/** Reads whose tokens are whose: columns serial and user. */
export async function readTokenUsers(path: string): Promise<ReadonlyMap<string, string>> {
  const users = new Map<string, string>();
  for await (const { line, row } of rowsOf(path)) {
    const { serial, userName } = row;
    if (serial === undefined || userName === undefined) {
      throw new TokenFileTrouble(`line ${line} has no serial or no user: the columns are serial and user`);
    }
    if (users.has(serial)) throw new TokenFileTrouble(`line ${line} has a serial that stands above already`);
    if (users.size >= MAX_TOKENS_OF_FILE) throw new TokenFileTrouble(`it has more than ${MAX_TOKENS_OF_FILE} lines`);
    users.set(serial, userName);
  }
  return users;
}

async function* rowsOf(path: string): AsyncGenerator<{ readonly line: number; readonly row: Row }> {
  let columns: readonly Column[] | undefined;
  try {
    for await (const csv of readCsv(path, () => undefined)) {
      if (columns === undefined) {
        columns = columnsOf(csv);
        if (columns !== UNNAMED) continue;
      }
      yield { line: csv.line, row: rowOf(columns, csv) };
    }
  } catch (error) {
    if (!(error instanceof CsvTrouble)) throw error;
    throw new TokenFileTrouble(error.line === undefined ? error.message : `line ${error.line}: ${error.message}`);
  }
}

/** Never quotes a cell: in a file without names it may be a secret. */
function columnsOf({ line, cells }: CsvRow): readonly Column[] {
  const columns = cells.map(columnNamed);
  if (columns.every((column) => column === undefined)) return UNNAMED;
  return columns.map((column, at) => {
    if (column === undefined)
      throw new TokenFileTrouble(`line ${line}, column ${at + 1} has an unknown name; ${COLUMNS_HELP}`);
    if (column !== "ignored" && columns.indexOf(column) < at) {
      throw new TokenFileTrouble(`line ${line}, column ${at + 1} stands there twice`);
    }
    return column;
  });
}

function columnNamed(cell: string): Column | undefined {
  const bare = cell.toLowerCase().replace(/[^a-z0-9]/g, "");
  return (Object.keys(NAMES) as Column[]).find((column) => (NAMES[column] as readonly string[]).includes(bare));
}

function rowOf(columns: readonly Column[], { line, cells }: CsvRow): Row {
  if (columns !== UNNAMED && cells.length !== columns.length) {
    throw new TokenFileTrouble(`line ${line} has ${cells.length} values for ${columns.length} columns`);
  }
  const named = columns.flatMap((column, at) => {
    const cell = cells[at]?.trim() ?? "";
    return cell === "" ? [] : [[column, cell] as const];
  });
  return Object.fromEntries(named);
}

function entryOf(place: string, row: Row): FileEntry {
  const { serial = "", secret, userName, type = "totp" } = row;
  const refused = (reason: string): FileEntry => ({ place, serial: serial.slice(0, MAX_VALUE_LENGTH), reason });
  if (serial === "") return refused("has no serial");
  if (secret === undefined) return refused("has no secret");
  const tooLong = Object.values(row).some((value) => value.length > MAX_VALUE_LENGTH);
  if (tooLong) return refused(`has a value of more than ${MAX_VALUE_LENGTH} characters`);
  const kind = type.toLowerCase();
  if (kind !== "totp" && kind !== "hotp") return refused("its type must be totp or hotp");
  const algorithm = algorithmNamed(row.algorithm ?? "sha1");
  if (algorithm === undefined) return refused("its algorithm must be sha1, sha256 or sha512");
  const numbers = numbersOf(row);
  if (typeof numbers === "string") return refused(numbers);
  return { place, token: { serial, userName, type: kind, secret, algorithm, ...numbers } };
}

function numbersOf(row: Row): Pick<FileToken, "digits" | "periodSeconds" | "counter"> | string {
  const digits = wholeNumber(row.digits ?? "6");
  const periodSeconds = wholeNumber(row.periodSeconds ?? "30");
  const counter = wholeNumber(row.counter ?? "0");
  if (digits === undefined) return "its digits are no number";
  if (periodSeconds === undefined) return "its interval is no number of seconds";
  if (counter === undefined) return "its counter is no number";
  return { digits, periodSeconds, counter };
}
