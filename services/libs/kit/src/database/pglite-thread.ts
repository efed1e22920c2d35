// The thread in which PGlite runs. It starts from source too (in tests), so it may import nothing of ours but types.
import { parentPort, workerData } from "node:worker_threads";
import { messages, PGlite, protocol } from "@electric-sql/pglite";
import type { PgliteRequest, PgliteResponse } from "./pglite-messages.js";

interface Prepared {
  readonly name: string;
  readonly parameterTypes: readonly number[];
  readonly columns: readonly { readonly name: string; readonly dataTypeID: number }[];
}

type Rows = Pick<Extract<PgliteResponse, { readonly rows: unknown }>, "rows" | "affectedRows">;
type Message = Awaited<ReturnType<PGlite["execProtocol"]>>["messages"][number];

/** Statements that are kept prepared, which halves their price; what comes later is planned at each call. */
const MAX_PREPARED = 256;

const { serialize } = protocol;
const pglite = await PGlite.create(workerData as string);
const prepared = new Map<string, Prepared>();
let answered = Promise.resolve();

parentPort?.on("message", (request: PgliteRequest) => {
  // Strictly one after the other: what was asked first is done first.
  answered = answered.then(async () => parentPort?.postMessage(await answer(request)));
});
parentPort?.postMessage({ id: 0, rows: [], affectedRows: undefined } satisfies PgliteResponse);

async function answer(request: PgliteRequest): Promise<PgliteResponse> {
  const { id } = request;
  try {
    if ("close" in request) {
      await pglite.close();
      parentPort?.unref();
      return { id, rows: [], affectedRows: undefined };
    }
    return { id, ...(await run(request.text, request.parameters)) };
  } catch (error) {
    // The error's own fields hold the query and its parameters: only these two leave.
    const { message, code } = error as Error & { readonly code?: string };
    return { id, failure: message, code };
  }
}

async function run(text: string, parameters: readonly unknown[]): Promise<Rows> {
  // Without parameters: what controls transactions and changes tables.
  const keeps = parameters.length > 0 && prepared.size < MAX_PREPARED;
  const statement = prepared.get(text) ?? (keeps ? await prepare(text) : undefined);
  if (statement !== undefined) return execute(statement, parameters);
  const { rows, affectedRows } = await pglite.query(text, [...parameters]);
  return { rows, affectedRows };
}

async function prepare(text: string): Promise<Prepared> {
  const name = `s${prepared.size}`;
  const answer = await send(serialize.parse({ name, text }), serialize.describe({ type: "S", name }));
  const statement = {
    name,
    parameterTypes: answer.find((one) => one instanceof messages.ParameterDescriptionMessage)?.dataTypeIDs ?? [],
    columns: answer.find((one) => one instanceof messages.RowDescriptionMessage)?.fields ?? [],
  };
  prepared.set(text, statement);
  return statement;
}

async function execute({ name, parameterTypes, columns }: Prepared, parameters: readonly unknown[]): Promise<Rows> {
  const values = parameters.map((value, at) => serialized(value, parameterTypes[at]));
  const answer = await send(serialize.bind({ statement: name, values }), serialize.execute({}));
  const parsers = columns.map(({ dataTypeID }) => pglite.parsers[dataTypeID]);
  const rows: Record<string, unknown>[] = [];
  for (const one of answer) {
    if (!(one instanceof messages.DataRowMessage)) continue;
    const row: Record<string, unknown> = {};
    columns.forEach((column, at) => {
      const field = one.fields[at] ?? null;
      row[column.name] = field === null ? null : (parsers[at]?.(field, column.dataTypeID) ?? field);
    });
    rows.push(row);
  }
  const tag = answer.find((one) => one instanceof messages.CommandCompleteMessage)?.text;
  return { rows, affectedRows: affectedRowsOf(tag) };
}

/** One call into PGlite for all of them; rejects with the error of the first that failed. */
async function send(...parts: readonly Uint8Array[]): Promise<readonly Message[]> {
  return (await pglite.execProtocol(Buffer.concat([...parts, serialize.sync()]))).messages;
}

function serialized(value: unknown, type: number | undefined): string | Uint8Array | null {
  if (value === null || value === undefined) return null;
  const toText = type === undefined ? undefined : pglite.serializers[type];
  if (toText !== undefined) return toText(value);
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return value.toString();
  throw new TypeError("A parameter has no form that its type takes.");
}

/** "UPDATE 3", "INSERT 0 3". */
function affectedRowsOf(tag: string | undefined): number | undefined {
  const count = /^(?:INSERT \d+|UPDATE|DELETE|MERGE|COPY) (\d+)$/.exec(tag ?? "")?.[1];
  return count === undefined ? undefined : Number(count);
}
