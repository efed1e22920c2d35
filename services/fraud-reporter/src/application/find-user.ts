import { fail, ok, type Result } from "@portcullis/kit";
import type { UserCopies, UserCopy } from "./ports.js";

export type NoUser = "user-unknown" | "users-named-alike";

/**
 * The one user who is called so; where a former one was called the same, the present one. Fail closed: of two who are called
 * alike none is taken.
 */
export async function findUser(users: UserCopies, userName: string): Promise<Result<UserCopy, NoUser>> {
  const [user, another] = await users.named(userName);
  if (user === undefined) return fail("user-unknown");
  const isTheOnlyOne = another === undefined || (user.enabled && !another.enabled);
  return isTheOnlyOne ? ok(user) : fail("users-named-alike");
}
