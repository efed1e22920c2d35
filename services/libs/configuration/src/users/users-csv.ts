import { pipeline } from "node:stream";
import { CsvError, type Options, parse } from "csv-parse";
import { fileTrouble, openRegularFile } from "../files.js";

/** Far more than all cells need. It also bounds what a quote that is never closed swallows. */
const MAX_ROW_LENGTH = 8192;
const CHUNK_BYTES = 256 * 1024;

/** A row of a CSV file, the header included. */
export interface CsvRow {
  /** 1-based line on which the row begins. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** How far the reading has come. */
export interface ReadBytes {
  readonly readBytes: number;
  /** The file's size when it was opened. */
  readonly totalBytes: number;
}

/** The file cannot be read, or what it holds is no CSV: nothing after this place can be trusted. Never quotes the file. */
export class CsvTrouble extends Error {
  constructor(
    message: string,
    readonly line?: number,
  ) {
    super(message);
  }
}

/**
 * Reads a CSV file (RFC 4180; LF and CRLF, UTF-8 with or without BOM) row by row, empty lines skipped. Holds one chunk of
 * the file at a time, and closes it when the caller stops early.
 * @param onRead called after each chunk of the file
 * Throws `CsvTrouble`, and nothing else.
 */
export async function* readCsv(path: string, onRead: (progress: ReadBytes) => void): AsyncGenerator<CsvRow> {
  let lastLine = 0;
  const options: Options<CsvRow, string[]> = {
    record_delimiter: ["\r\n", "\n"],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_LENGTH,
    on_record: (cells, { lines }) => {
      lastLine = lines;
      return { line: lastLine - lineBreaksIn(cells), cells };
    },
  };
  // The package's types know rows that are no text only together with its own reading of the header.
  const parser = parse(options as unknown as Options);
  // What breaks the source also breaks the iteration below, which is where it is told.
  pipeline(textOf(path, onRead), parser, () => undefined);
  try {
    for await (const row of parser as AsyncIterable<CsvRow>) yield row;
  } catch (error) {
    if (!(error instanceof CsvError)) throw new CsvTrouble(`the file ${fileTrouble(error)}`);
    // The parser itself stands where it gave up, which is far below a quote that was never closed.
    throw new CsvTrouble(syntaxMessage(error), lastLine + 1);
  }
}

function lineBreaksIn(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => (cell.includes("\n") ? sum + cell.split("\n").length - 1 : sum), 0);
}

async function* textOf(path: string, onRead: (progress: ReadBytes) => void): AsyncGenerator<string> {
  const handle = await openRegularFile(path);
  const { size: totalBytes } = await handle.stat();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let readBytes = 0;
  for await (const chunk of handle.createReadStream({ highWaterMark: CHUNK_BYTES }) as AsyncIterable<Uint8Array>) {
    yield decoder.decode(chunk, { stream: true });
    readBytes += chunk.length;
    onRead({ readBytes, totalBytes });
  }
  yield decoder.decode();
}

/** The parser's own messages quote the text, which may be a password. */
function syntaxMessage({ code }: CsvError): string {
  switch (code) {
    case "CSV_MAX_RECORD_SIZE":
      return `the row is longer than ${MAX_ROW_LENGTH} characters; is a quote not closed?`;
    case "CSV_QUOTE_NOT_CLOSED":
      return "a quote is not closed";
    case "INVALID_OPENING_QUOTE":
      return 'a quote stands inside a value: put the whole value in quotes and write "" for the quote';
    case "CSV_INVALID_CLOSING_QUOTE":
      return 'a value goes on after its closing quote: write "" for a quote inside a value';
    default:
      return "the row is not CSV";
  }
}
