/** One thing that is wrong in the configuration, said so that a person can go there and change it. Never holds a secret's value. */
export interface ConfigurationError {
  /** The file as it was named: `portcullis.yaml`, `users.csv`. */
  readonly file: string;
  /** Where in the file's structure: `clients[0].requireUserMatch`; in a CSV file the column's name. Empty for the whole file. */
  readonly path: string;
  /** 1-based line; absent when the trouble has no place in the text (the file cannot be read). */
  readonly line?: number;
  /** 1-based: the character in a YAML line, the field's number in a CSV row. */
  readonly column?: number;
  /** What is wrong and, where it can be said, what to write instead. One line. */
  readonly message: string;
}

/** Errors of one file that are reported at once; more of them have one cause, help nobody and cost time to place. */
export const MAX_ERRORS = 1000;

/** One line per error: `portcullis.yaml:12:5 clients[0].requireUserMach: unknown key, did you mean requireUserMatch?` */
export function formatErrors(errors: readonly ConfigurationError[]): string {
  return errors.map(formatError).join("\n");
}

function formatError({ file, path, line, column, message }: ConfigurationError): string {
  const place = [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(":");
  return path === "" ? `${place}: ${message}` : `${place} ${path}: ${message}`;
}
