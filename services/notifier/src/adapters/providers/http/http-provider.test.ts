import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HttpProvider } from "./http-provider.js";

describe("HttpProvider", () => {
  let server: Server;
  let status: number;
  let seen: { method: string | undefined; headers: Record<string, unknown>; body: string }[];

  beforeEach(async () => {
    [seen, status] = [[], 200];
    server = createServer();
    server.on("request", (request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        seen.push({ method: request.method, headers: request.headers, body });
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const text = {
    challengeId: "c1",
    step: "text-1",
    to: "+491511",
    text: 'She said "482915" & <left>\n',
    ttlSeconds: 60,
  };
  const send = (headers: Record<string, string>, body: string, successStatus?: number) =>
    new HttpProvider({
      name: "gateway",
      type: "http",
      does: ["sms"],
      method: "PUT",
      headers,
      body,
      successStatus,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/send?key=1`,
    }).text(text);

  it.each([
    [undefined, '{"to":"{{to}}","body":"{{ text }}","ref":"{{id}}"}'],
    ["application/x-www-form-urlencoded", "to={{to}}&body={{ text }}&ref={{id}}"],
    ["text/xml", "<sms to='{{to}}' ref='{{id}}'>{{ text }}</sms>"],
  ])("writes each value as %s needs it", async (type, template) => {
    const headers: Record<string, string> = { Authorization: "Key abc" };
    if (type !== undefined) headers["Content-Type"] = type;
    expect(await send(headers, template)).toEqual({ kind: "taken", reference: "c1-text-1" });
    const { method, headers: sent, body } = seen[0] ?? { method: "", headers: {}, body: "" };
    expect([method, sent?.["authorization"], sent?.["content-type"]]).toEqual([
      "PUT",
      "Key abc",
      type ?? "application/json",
    ]);
    if (type === undefined) expect(JSON.parse(body)).toEqual({ to: text.to, body: text.text, ref: "c1-text-1" });
    else if (type === "text/xml") {
      expect(body).toBe("<sms to='+491511' ref='c1-text-1'>She said &#34;482915&#34; &#38; &#60;left&#62;\n</sms>");
    } else
      expect(Object.fromEntries(new URLSearchParams(body))).toEqual({ to: text.to, body: text.text, ref: "c1-text-1" });
  });

  it.each([
    [202, undefined, "taken"],
    [202, 200, "unknown"],
    [400, undefined, "refused"],
    [503, undefined, "refused"],
    [502, undefined, "unknown"],
  ] as const)("with status %i where %s is success is %s", async (answered, successStatus, kind) => {
    status = answered;
    expect(await send({}, "{{to}}{{text}}", successStatus)).toMatchObject({ kind });
  });
});
