/** What the main thread asks of the database's thread; answered in this order. */
export type PgliteRequest =
  | { readonly id: number; readonly text: string; readonly parameters: readonly unknown[] }
  | { readonly id: number; readonly close: true };

export type PgliteResponse =
  | { readonly id: number; readonly rows: readonly unknown[]; readonly affectedRows: number | undefined }
  | { readonly id: number; readonly failure: string; readonly code: string | undefined };
