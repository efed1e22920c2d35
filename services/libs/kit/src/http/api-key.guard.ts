import { createHash, timingSafeEqual } from "node:crypto";
import { type CanActivate, type ExecutionContext, Inject, Injectable, UnauthorizedException } from "@nestjs/common";

/** Who may call the internal interface: a key for the network, or the owner of a Unix socket that only she can open. */
export type InternalAccess = { readonly kind: "api-key"; readonly key: string } | { readonly kind: "private-socket" };
export const INTERNAL_ACCESS = Symbol("INTERNAL_ACCESS");

const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();

interface Request {
  readonly headers: { readonly authorization?: string };
  /** Fastify's, and in it Node's own. */
  readonly server: { readonly server: { address(): unknown } };
  /** Node's; the server of its socket is the one that took the connection. */
  readonly raw: { readonly socket: { readonly server?: unknown; readonly remoteAddress?: string | undefined } };
}

/** Fail closed: without a configured key nobody gets in over the network. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  readonly #access: InternalAccess;

  constructor(@Inject(INTERNAL_ACCESS) access: InternalAccess) {
    this.#access = access;
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    if (this.#access.kind === "private-socket" ? isUnixSocket(request) : isKey(request, this.#access.key)) return true;
    throw new UnauthorizedException("The API key is missing or wrong.");
  }
}

function isKey(request: Request, key: string): boolean {
  const given = /^Bearer (.{1,512})$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
  return key !== "" && timingSafeEqual(digestOf(given), digestOf(key));
}

/**
 * The application's own server must have taken the connection, on a path: such a server has a string for its address. Fail
 * closed: an application that was meant for a socket and listens on a port lets nobody in, nor does one that a server beside it
 * hands requests to, whatever they say of themselves.
 */
function isUnixSocket({ server: { server: own }, raw: { socket } }: Request): boolean {
  return typeof own.address() === "string" && socket.server === own && socket.remoteAddress === undefined;
}
