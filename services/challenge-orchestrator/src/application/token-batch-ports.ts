import type { UserId } from "@portcullis/login";
import type { ImportedToken } from "./factor-ports.js";

/** A token that is there already, and who brought it. */
export interface StandingToken {
  readonly serial: string;
  readonly userId: UserId;
  /** `file`: the configuration file. `import`: a command. `device`: an activated app. */
  readonly source: "file" | "import" | "device";
}

/** Tokens that a command brings; those of the file and of devices are not touched. Calls reject with `Unavailable` when the database is away. */
export interface TokenBatches {
  /** Who is known here, by the name that she signs in with. */
  usersNamed(loginNames: readonly string[]): Promise<ReadonlyMap<string, UserId>>;
  /** The tokens with one of these serials, and all of these users. */
  standing(wanted: {
    readonly serials: readonly string[];
    readonly userIds: readonly UserId[];
  }): Promise<readonly StandingToken[]>;
  /**
   * Adds and changes tokens; one whose secret stays keeps its used steps.
   * @returns the serials that were stored: a serial that became somebody else's meanwhile is not
   */
  store(tokens: readonly ImportedToken[]): Promise<ReadonlySet<string>>;
}
