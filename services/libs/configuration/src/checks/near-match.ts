import { distance } from "fastest-levenshtein";

/**
 * The candidate that a mistyped word most likely meant: differing in at most a third of its letters, letter case aside.
 * @returns undefined when nothing is near; then a hint would only mislead
 */
export function nearMatch(word: string, candidates: Iterable<string>): string | undefined {
  const typed = word.toLowerCase();
  let best: { candidate: string; edits: number } | undefined;
  for (const candidate of candidates) {
    const edits = distance(typed, candidate.toLowerCase());
    const allowed = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
    if (edits <= allowed && (best === undefined || edits < best.edits)) best = { candidate, edits };
  }
  return best?.candidate;
}
