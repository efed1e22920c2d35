import { createHash, timingSafeEqual } from "node:crypto";
import { type CanActivate, type ExecutionContext, Inject, Injectable, UnauthorizedException } from "@nestjs/common";

/** Who may call the internal interface: a key for the network, or the owner of a Unix socket that only she can open. */
export type InternalAccess = { readonly kind: "api-key"; readonly key: string } | { readonly kind: "private-socket" };
export const INTERNAL_ACCESS = Symbol("INTERNAL_ACCESS");

const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Fail closed: without a configured key nobody gets in over the network. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  readonly #access: InternalAccess;

  constructor(@Inject(INTERNAL_ACCESS) access: InternalAccess) {
    this.#access = access;
  }

  canActivate(context: ExecutionContext): boolean {
    if (this.#access.kind === "private-socket") return true;
    const request = context.switchToHttp().getRequest<{ headers: { authorization?: string } }>();
    const given = /^Bearer (.{1,512})$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    if (this.#access.key !== "" && timingSafeEqual(digestOf(given), digestOf(this.#access.key))) return true;
    throw new UnauthorizedException("The API key is missing or wrong.");
  }
}
