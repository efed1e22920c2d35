import { fail, ok, type Result } from "@portcullis/kit";
import type { Configuration, UserEntry } from "../configuration.js";
import { type ConfigurationError, MAX_ERRORS } from "../configuration-error.js";
import { MAX_USERS_FILE_ROWS } from "../schema/users-schema.js";
import { SeenUsers } from "./seen-users.js";
import { type ColumnName, readHeader } from "./user-columns.js";
import { checkRow, type UserRow, userOfRow } from "./user-row.js";
import { type CsvRow, CsvTrouble, type ReadBytes, readCsv } from "./users-csv.js";

/** How far the reading of `usersFile` has come, and how many users of both files were given so far. */
export interface UsersProgress extends ReadBytes {
  readonly users: number;
}

export interface ReadUsersOptions {
  /** Called after each quarter of a megabyte of `usersFile`, at the end with all of it. Not called without a `usersFile`. */
  readonly onProgress?: (progress: UsersProgress) => void;
}

type UserResult = Result<UserEntry, ConfigurationError>;

/**
 * All users: those of the YAML file, then those of `usersFile`, which is read as the caller asks for more.
 * @returns a user for each right row, a failure for each thing that is wrong, in the order of the file. A failure names
 * file, line and column, never a value. An importer that stops at the first failure imports nothing wrong.
 */
export async function* readUsers(
  configuration: Configuration,
  options: ReadUsersOptions = {},
): AsyncGenerator<UserResult, void, undefined> {
  let users = 0;
  let errors = 0;
  for (const user of configuration.users) {
    users += 1;
    yield ok(user);
  }
  const { usersFile: file } = configuration;
  if (file === undefined) return;
  const rows = readCsv(file, (progress) => options.onProgress?.({ ...progress, users }));
  for await (const result of usersOfRows(rows, file, new SeenUsers(configuration.users))) {
    if (result.ok) users += 1;
    yield result;
    if (!result.ok && ++errors >= MAX_ERRORS) {
      yield fail({ file, path: "", message: `only the first ${MAX_ERRORS} errors are shown` });
      return;
    }
  }
}

async function* usersOfRows(rows: AsyncIterable<CsvRow>, file: string, seen: SeenUsers): AsyncGenerator<UserResult> {
  for await (const checked of checkedRows(rows, file, seen))
    yield checked.ok ? ok(userOfRow(checked.value.row)) : checked;
}

/** A right row of a file, with the line on which it begins. */
export interface CheckedRow {
  readonly line: number;
  readonly row: UserRow;
}

/**
 * The rows of a CSV file of users that are right, by themselves and beside those seen before, and a failure for each thing that is
 * wrong with the others.
 * @param onColumns told of the columns, in the order of the file, before the first row
 */
export async function* checkedRows(
  rows: AsyncIterable<CsvRow>,
  file: string,
  seen: SeenUsers,
  onColumns: (columns: readonly ColumnName[]) => void = () => undefined,
): AsyncGenerator<Result<CheckedRow, ConfigurationError>> {
  const error = (message: string, place: Partial<ConfigurationError> = {}) =>
    fail({ file, path: "", ...place, message });
  let columns: readonly ColumnName[] | undefined;
  let count = 0;
  try {
    for await (const { line, cells } of rows) {
      if (columns === undefined) {
        const header = readHeader(cells);
        for (const { column, message } of header.wrong) yield error(message, { line, column });
        if (header.wrong.length > 0) return;
        columns = header.columns;
        onColumns(columns);
        continue;
      }
      if (++count > MAX_USERS_FILE_ROWS) {
        yield error(`the file has more than ${MAX_USERS_FILE_ROWS} users`, { line });
        return;
      }
      if (cells.length !== columns.length) {
        yield error(
          `the row has ${cells.length} values for ${columns.length} columns: write a value with commas in quotes`,
          {
            line,
          },
        );
        continue;
      }
      const row = rowOf(columns, cells);
      const wrong = [...checkRow(row), ...seen.check(row, line)];
      if (wrong.length === 0) yield ok({ line, row });
      for (const [path, message] of wrong) yield error(message, { path, line, column: columns.indexOf(path) + 1 });
    }
    if (columns === undefined) yield error("the file is empty: its first line names the columns");
  } catch (trouble) {
    if (!(trouble instanceof CsvTrouble)) throw trouble;
    yield error(trouble.message, trouble.line === undefined ? {} : { line: trouble.line });
  }
}

/** An empty cell says as much as a column that is not there. */
function rowOf(columns: readonly ColumnName[], cells: readonly string[]): UserRow {
  const row: Partial<Record<ColumnName, string>> = {};
  for (const [at, column] of columns.entries()) {
    const cell = cells[at];
    if (cell !== undefined && cell !== "") row[column] = cell;
  }
  return row;
}
