import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { CommandError } from "../terminal/fail.js";

/** An address that the public paths are served on. */
export interface PublicListener {
  readonly address: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** PEM files; the key may be given as its text. Absent where a proxy in front ends TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string | { readonly pem: string } };
}

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** All else that the application serves stays on its Unix socket. */
const PUBLIC_PATH = /^\/(device|webhooks)\//;
const MAX_BODY_BYTES = 16_384;
const MAX_CONNECTIONS = 20_000;
/** As many devices as an office behind one address may have. */
const MAX_CONNECTIONS_PER_ADDRESS = 4_096;
const LIMITS: ServerOptions = {
  maxHeaderSize: 8_192,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
};
const MAX_REQUESTS_PER_CONNECTION = 1_000;

/** Servers of the paths that the internet may see, in front of an application that listens on a Unix socket itself. */
export class PublicHttp {
  readonly #servers: readonly Server[];
  /** As URLs. */
  readonly addresses: readonly string[];

  private constructor(servers: readonly Server[], addresses: readonly string[]) {
    this.#servers = servers;
    this.addresses = addresses;
  }

  /** @throws CommandError that says what keeps it from listening */
  static async open(listeners: readonly PublicListener[], handle: Handle): Promise<PublicHttp> {
    const servers: Server[] = [];
    const addresses: string[] = [];
    for (const listener of listeners) {
      const server = serverOf(listener, handle);
      await listen(server, listener);
      servers.push(server);
      const { port } = server.address() as AddressInfo;
      addresses.push(`${listener.tls ? "https" : "http"}://${hostOf(listener)}:${port}`);
    }
    return new PublicHttp(servers, addresses);
  }

  /** No new connections; what is under way goes on. */
  takeNoMore(): void {
    for (const server of this.#servers) {
      server.close();
      server.closeIdleConnections();
    }
  }

  close(): void {
    for (const server of this.#servers) server.closeAllConnections();
  }
}

function serverOf({ address, port, tls }: PublicListener, handle: Handle): Server {
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const refusal = refusalOf(request);
    if (refusal === undefined) handle(request, response);
    else response.writeHead(refusal, { connection: "close" }).end();
  };
  const server =
    tls === undefined
      ? createServer(LIMITS, onRequest)
      : createSecureServer({ ...LIMITS, ...filesOf(tls, `${address}:${port}`), minVersion: "TLSv1.2" }, onRequest);
  server.maxConnections = MAX_CONNECTIONS;
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION;
  limitEachAddress(server);
  return server;
}

/** @returns the status of a request that nobody looks at any further */
function refusalOf({ url = "", headers }: IncomingMessage): number | undefined {
  if (!PUBLIC_PATH.test(url)) return 404;
  return Number(headers["content-length"] ?? 0) > MAX_BODY_BYTES ? 413 : undefined;
}

/** Counts connections as TCP makes them, before TLS, which costs more. */
function limitEachAddress(server: Server): void {
  const counts = new Map<string, number>();
  server.prependListener("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const count = (counts.get(address) ?? 0) + 1;
    if (count > MAX_CONNECTIONS_PER_ADDRESS) {
      socket.destroy();
      return;
    }
    counts.set(address, count);
    socket.once("close", () => {
      const left = (counts.get(address) ?? 1) - 1;
      if (left === 0) counts.delete(address);
      else counts.set(address, left);
    });
  });
}

function filesOf(
  { certificate, key }: NonNullable<PublicListener["tls"]>,
  at: string,
): { readonly cert: Buffer; readonly key: string | Buffer } {
  try {
    return { cert: readFileSync(certificate), key: typeof key === "string" ? readFileSync(key) : key.pem };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`The TLS files of http.listen ${at} can't be read: ${reason}`);
  }
}

function listen(server: Server, { address, port }: PublicListener): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const advice = "Choose another address or port in the configuration (http.listen), or stop who has it.";
      reject(new CommandError(`Nobody can listen on ${address}:${port} for http: ${error.message}.\n${advice}`));
    });
    server.listen(port, address, resolve);
  });
}

const hostOf = ({ address }: PublicListener): string => (address.includes(":") ? `[${address}]` : address);
