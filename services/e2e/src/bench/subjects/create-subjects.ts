import type { BenchUsers } from "../bench-users.js";
import type { Subject } from "../subject.js";
import { DistributedSubject } from "./distributed-subject.js";
import { EmbeddedSubject } from "./embedded-subject.js";
import { FreeradiusSubject } from "./freeradius-subject.js";

export interface SubjectsOptions {
  readonly users: Readonly<Record<"codes" | "passwords", BenchUsers>>;
  readonly localPassword: string;
}

const FACTORIES = {
  embedded: ({ users, localPassword }: SubjectsOptions) =>
    new EmbeddedSubject({ users: users.codes, localUsers: users.passwords, localPassword }),
  distributed: ({ users }: SubjectsOptions) => new DistributedSubject(users.codes),
  freeradius: ({ users }: SubjectsOptions) => new FreeradiusSubject(users.codes),
} as const satisfies Record<string, (options: SubjectsOptions) => Subject>;

/** What `--only` takes. */
export const SUBJECT_NAMES: readonly string[] = Object.keys(FACTORIES);

/** @param only names of {@link SUBJECT_NAMES}; all when empty */
export function createSubjects(options: SubjectsOptions, only: readonly string[]): Subject[] {
  return Object.entries(FACTORIES)
    .filter(([name]) => only.length === 0 || only.includes(name))
    .map(([, create]) => create(options));
}
