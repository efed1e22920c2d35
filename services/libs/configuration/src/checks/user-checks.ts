import { listAt, textAt, valueAt } from "../yaml/content-path.js";
import type { Finding } from "./finding.js";

/** What one user's keys say together. */
export function* userChoices(content: unknown): Generator<Finding> {
  for (const [at, user] of listAt(content, ["users"]).entries()) {
    const path = ["users", at];
    const has = (key: string) => valueAt(user, [key]) !== undefined;
    for (const [plain, hash] of [
      ["password", "passwordHash"],
      ["pin", "pinHash"],
    ] as const) {
      if (has(plain) && has(hash)) yield { path, message: `has both ${plain} and ${hash}: write only one of them` };
    }
    if (has("backupPhone") && !has("phone")) {
      yield { path: [...path, "backupPhone"], message: "stands without a phone: write it as phone" };
    }
    const wrong = defaultMethodTrouble({
      defaultMethod: textAt(user, ["defaultMethod"]),
      methods: has("methods") ? listAt(user, ["methods"]) : undefined,
      hasPhone: has("phone"),
    });
    if (wrong !== undefined) yield { path: [...path, "defaultMethod"], message: wrong };
    yield* tokenChoices(user, path);
  }
}

interface MethodChoice {
  readonly defaultMethod: string | undefined;
  readonly methods: readonly unknown[] | undefined;
  readonly hasPhone: boolean;
}

/** Why nobody could be asked by her default method, in the words of the YAML file and of `users.csv`. */
export function defaultMethodTrouble({ defaultMethod, methods, hasPhone }: MethodChoice): string | undefined {
  if (defaultMethod === undefined) return undefined;
  if (methods !== undefined && !methods.includes(defaultMethod)) return "is not one of the user's methods";
  const needsPhone = defaultMethod === "sms" || defaultMethod === "voice";
  return needsPhone && !hasPhone ? "needs a phone" : undefined;
}

function* tokenChoices(user: unknown, path: readonly (string | number)[]): Generator<Finding> {
  for (const [at, token] of listAt(user, ["tokens"]).entries()) {
    const isCounted = valueAt(token, ["type"]) === "hotp";
    const [key, owner] = isCounted ? ["period", "totp"] : ["counter", "hotp"];
    if (valueAt(token, [key]) === undefined) continue;
    yield { path: [...path, "tokens", at, key], message: `belongs to tokens of type ${owner}` };
  }
}
