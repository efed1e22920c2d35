const MAX_TEMPLATE_LENGTH = 8_192;
const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

/**
 * The rule of a text with placeholders such as `{{to}}`.
 * @param known names that stand for something
 * @param needed those that must be there
 */
export function templateRule(
  known: readonly string[],
  needed: readonly string[],
): (text: string) => string | undefined {
  return (text) => {
    if (text.length > MAX_TEMPLATE_LENGTH) return `must be at most ${MAX_TEMPLATE_LENGTH} characters long`;
    const used = placeholdersIn(text);
    if (used.some((name) => !known.includes(name))) return `may have these placeholders only: ${shown(known)}`;
    const missing = needed.filter((name) => !used.includes(name));
    return missing.length === 0 ? undefined : `must have ${shown(missing)}`;
  };
}

function placeholdersIn(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);
}

function shown(names: readonly string[]): string {
  return names.map((name) => `{{${name}}}`).join(", ");
}
