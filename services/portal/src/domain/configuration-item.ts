/** Kinds of configuration that portal owns, each with a compacted topic of its own. */
export type ItemKind = "client" | "target" | "setting";

/** What is remembered of an item that was published. */
export interface ItemRecord {
  readonly kind: ItemKind;
  readonly name: string;
  /** Grows with each change of the item. */
  readonly generation: number;
  /** Keyed digest of the content, so that the database holds no secret. */
  readonly digest: string;
}

/** An item as the file has it now. */
export interface WantedItem {
  readonly kind: ItemKind;
  readonly name: string;
  readonly digest: string;
}

export interface ItemChanges {
  /** Every wanted item with the generation it has now; those that changed have a new one. */
  readonly current: readonly ItemRecord[];
  /** Current ones that nobody knew. They must be written down before they are published, like the changed ones. */
  readonly added: readonly ItemRecord[];
  /** Current ones that were known with another content. */
  readonly changed: readonly ItemRecord[];
  /** What the file no longer has. */
  readonly gone: readonly ItemRecord[];
}

/** Compares the file with what was published. */
export function changesOf(wanted: readonly WantedItem[], known: readonly ItemRecord[]): ItemChanges {
  const before = new Map(known.map((record) => [keyOf(record), record]));
  const current = wanted.map((item): ItemRecord => {
    const record = before.get(keyOf(item));
    if (record?.digest === item.digest) return record;
    return { ...item, generation: (record?.generation ?? 0) + 1 };
  });
  const wantedKeys = new Set(wanted.map(keyOf));
  return {
    current,
    added: current.filter((record) => !before.has(keyOf(record))),
    changed: current.filter((record) => (before.get(keyOf(record)) ?? record).generation !== record.generation),
    gone: known.filter((record) => !wantedKeys.has(keyOf(record))),
  };
}

function keyOf(item: { readonly kind: ItemKind; readonly name: string }): string {
  return `${item.kind}/${item.name}`;
}
