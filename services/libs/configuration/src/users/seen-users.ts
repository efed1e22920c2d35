import { loginNameOf } from "@portcullis/login";
import type { UserEntry } from "../configuration.js";
import type { CellFinding, UserRow } from "./user-row.js";

/** Stands for the YAML file, where a line of `usersFile` would stand. */
const IN_YAML_FILE = 0;

/** The login names and serials that were seen, and where first: both are unique over both files. */
export class SeenUsers {
  readonly #loginNames = new Map<string, number>();
  readonly #serials = new Map<string, number>();

  constructor(users: readonly UserEntry[]) {
    for (const { loginName, tokens } of users) {
      this.#loginNames.set(loginName, IN_YAML_FILE);
      for (const { serial } of tokens) this.#serials.set(serial, IN_YAML_FILE);
    }
  }

  /** What a row has that another user has; remembers the rest of it for the rows after it. */
  *check({ name, serial }: UserRow, line: number): Generator<CellFinding> {
    const user = name === undefined ? undefined : seenBefore(this.#loginNames, loginNameOf(name), line);
    if (user !== undefined) yield ["name", `signs in under the same name as the user ${placeOf(user)}`];
    const token = serial === undefined ? undefined : seenBefore(this.#serials, serial, line);
    if (token !== undefined) yield ["serial", `is also the serial of the token ${placeOf(token)}`];
  }
}

function seenBefore(seen: Map<string, number>, key: string, line: number): number | undefined {
  const earlier = seen.get(key);
  if (earlier === undefined) seen.set(key, line);
  return earlier;
}

function placeOf(line: number): string {
  return line === IN_YAML_FILE ? "of the YAML file" : `on line ${line}`;
}
