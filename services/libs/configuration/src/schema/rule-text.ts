import { z } from "zod";
import type { Rule } from "../values/value-rules.js";

/** A text under one of the rules that the YAML file and `users.csv` share. */
export function ruleText(rule: Rule) {
  return z.string().superRefine((text, context) => {
    const message = rule(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
}
