const MAX_NAMES = 4;

/** `vpn, wifi, lab and door`; a long list is cut: `vpn, wifi, lab, door and 12 more`. */
export function listOf(names: readonly string[], most = MAX_NAMES): string {
  if (names.length > most) return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

/** `1 client`, `3 clients`. */
export function count(number: number, word: string): string {
  return `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
}

/** An address and port as a person writes them: IPv6 in brackets. */
export function placeOf(host: string, port: number | string): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
