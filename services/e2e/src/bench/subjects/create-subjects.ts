import type { BenchUsers } from "../bench-users.js";
import type { Home, Subject } from "../subject.js";
import { DistributedSubject } from "./distributed-subject.js";
import { EmbeddedSubject } from "./embedded-subject.js";
import { FreeradiusSubject } from "./freeradius-subject.js";

export interface SubjectsOptions {
  readonly users: Readonly<Record<"codes" | "passwords", BenchUsers>>;
  readonly localPassword: string;
  readonly home: Home;
}

const UDP_WORKERS = 2;

const FACTORIES = {
  embedded: ({ users, localPassword, home }: SubjectsOptions) =>
    new EmbeddedSubject({ users: users.codes, localUsers: users.passwords, localPassword, home }),
  "embedded-threads": ({ users, localPassword, home }: SubjectsOptions) =>
    new EmbeddedSubject({
      users: users.codes,
      localUsers: users.passwords,
      localPassword,
      home,
      udpWorkers: UDP_WORKERS,
    }),
  distributed: ({ users }: SubjectsOptions) => new DistributedSubject(users.codes),
  freeradius: ({ users, home }: SubjectsOptions) => new FreeradiusSubject({ users: users.codes, home }),
} as const satisfies Record<string, (options: SubjectsOptions) => Subject>;

/** What `--only` takes. */
export const SUBJECT_NAMES: readonly string[] = Object.keys(FACTORIES);

/** @param isWanted asked for each of {@link SUBJECT_NAMES} */
export function createSubjects(options: SubjectsOptions, isWanted: (name: string) => boolean): Subject[] {
  return Object.entries(FACTORIES)
    .filter(([name]) => isWanted(name))
    .map(([, create]) => create(options));
}
