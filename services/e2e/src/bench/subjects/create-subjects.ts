import type { BenchUsers } from "../bench-users.js";
import type { Subject } from "../subject.js";
import { DistributedSubject } from "./distributed-subject.js";
import { EmbeddedSubject } from "./embedded-subject.js";
import { FreeradiusSubject } from "./freeradius-subject.js";

export interface SubjectsOptions {
  readonly users: Readonly<Record<"codes" | "passwords", BenchUsers>>;
  readonly localPassword: string;
  /** Of the RADIUS server behind, on 127.0.0.1. */
  readonly homePort: number;
}

const UDP_WORKERS = 2;

const FACTORIES = {
  embedded: ({ users, localPassword, homePort }: SubjectsOptions) =>
    new EmbeddedSubject({ users: users.codes, localUsers: users.passwords, localPassword, homePort }),
  "embedded-threads": ({ users, localPassword, homePort }: SubjectsOptions) =>
    new EmbeddedSubject({
      users: users.codes,
      localUsers: users.passwords,
      localPassword,
      homePort,
      udpWorkers: UDP_WORKERS,
    }),
  distributed: ({ users }: SubjectsOptions) => new DistributedSubject(users.codes),
  freeradius: ({ users, homePort }: SubjectsOptions) => new FreeradiusSubject({ users: users.codes, homePort }),
} as const satisfies Record<string, (options: SubjectsOptions) => Subject>;

/** What `--only` takes. */
export const SUBJECT_NAMES: readonly string[] = Object.keys(FACTORIES);

/** @param isWanted asked for each of {@link SUBJECT_NAMES} */
export function createSubjects(options: SubjectsOptions, isWanted: (name: string) => boolean): Subject[] {
  return Object.entries(FACTORIES)
    .filter(([name]) => isWanted(name))
    .map(([, create]) => create(options));
}
