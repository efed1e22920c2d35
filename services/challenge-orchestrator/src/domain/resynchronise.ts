import { matchingSteps, type OathParameters, type StepWindow } from "./totp.js";

/**
 * Finds where a token stands by two codes that it showed one after the other. RFC 4226 section 7.4. Every step of the window is
 * compared, as `matchingSteps` does.
 * @returns the step of the second code; undefined when no two steps behind each other have these codes
 */
export function consecutiveStep(
  token: OathParameters,
  [first, second]: readonly [string, string],
  { firstStep, lastStep }: StepWindow,
): number | undefined {
  const firsts = matchingSteps(token, first, { firstStep, lastStep: lastStep - 1 });
  const seconds = matchingSteps(token, second, { firstStep: firstStep + 1, lastStep });
  return seconds.find((step) => firsts.includes(step - 1));
}
