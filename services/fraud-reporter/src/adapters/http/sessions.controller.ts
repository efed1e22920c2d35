import { BadRequestException, Controller, Get, Inject, Query, UseGuards } from "@nestjs/common";
import { ApiKeyGuard } from "@portcullis/kit";
import { MAX_USER_NAME_BYTES } from "@portcullis/login";
import { z } from "zod";
import type { SessionStore } from "../../application/ports.js";
import type { Session } from "../../domain/session.js";

export const SESSION_STORE = Symbol("SESSION_STORE");

const MAX_LISTED = 1_000;
const ListQuery = z.object({
  user: z.string().min(1).max(MAX_USER_NAME_BYTES).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_LISTED).default(100),
});

/** What `portcullis sessions` shows. Times are ISO 8601 in UTC, octets decimal texts: JSON's numbers would lose some. */
@Controller("internal/sessions")
@UseGuards(ApiKeyGuard)
export class SessionsController {
  readonly #sessions: SessionStore;

  constructor(@Inject(SESSION_STORE) sessions: SessionStore) {
    this.#sessions = sessions;
  }

  @Get()
  async list(@Query() query: unknown) {
    const asked = ListQuery.safeParse(query);
    if (!asked.success) throw new BadRequestException(`user must be a name, limit a number from 1 to ${MAX_LISTED}.`);
    const { openCount, open, closed } = await this.#sessions.list(asked.data.user, asked.data.limit);
    return { openCount, open: open.map(listed), closed: closed.map(listed) };
  }
}

function listed(session: Session) {
  const { client, nas, sessionId, userName, station, calledStation, framedAddress, sourceAddress } = session;
  const { startedAtMs, heardAtMs, endedAtMs, endedBy, seconds, inputOctets, outputOctets } = session;
  return {
    client,
    nas,
    sessionId,
    userName,
    station,
    calledStation,
    framedAddress,
    class: session.class,
    sourceAddress,
    startedAt: new Date(startedAtMs).toISOString(),
    heardAt: new Date(heardAtMs).toISOString(),
    endedAt: endedAtMs === undefined ? null : new Date(endedAtMs).toISOString(),
    endedBy,
    seconds,
    inputOctets: String(inputOctets),
    outputOctets: String(outputOctets),
  };
}
