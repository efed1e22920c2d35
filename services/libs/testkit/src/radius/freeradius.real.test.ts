import { existsSync } from "node:fs";
import { AttributeType, Code, eapMessageAttributes, RadiusClient, SharedSecret } from "@portcullis/radius";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FreeradiusServer, startFreeradius } from "./freeradius.js";

const SECRET = "secret of a test";
const EAP_PEAP = 25;
const USERS = `alice Cleartext-Password := "geheim"

asked Cleartext-Password := "geheim", Tmp-String-0 := "4711", Tmp-String-1 := "Your PIN?"
  Reply-Message := "Welcome"
`;

let server: FreeradiusServer;

beforeAll(async () => {
  const clients = [
    { name: "strict", address: "127.0.0.2", secret: SECRET, requireMessageAuthenticator: true },
    { name: "lax", address: "127.0.0.0/8", secret: SECRET },
  ];
  server = await startFreeradius({ users: USERS, clients, tls: true });
});

afterAll(async () => {
  await server?.stop();
});

function clientAt(localAddress: string): RadiusClient {
  return new RadiusClient({
    host: server.host,
    port: server.port,
    secret: new SharedSecret(SECRET),
    requireMessageAuthenticator: false,
    localAddress,
    intervalMs: 500,
    tries: 2,
  });
}

describe("startFreeradius", () => {
  it("gives a server that knows its users and answers Status-Server", async () => {
    const client = clientAt("127.0.0.1");
    const user = { userName: "alice", password: "geheim" };
    expect(await client.send(user)).toMatchObject({ packet: { code: Code.AccessAccept } });
    expect(await client.send({ ...user, password: "other" })).toMatchObject({ packet: { code: Code.AccessReject } });
    expect(await client.send({ code: Code.StatusServer })).toMatchObject({ packet: { code: Code.AccessAccept } });
  });

  it("keeps to what each client may omit", async () => {
    const unsigned = { userName: "alice", password: "geheim", messageAuthenticator: "omitted" } as const;
    expect(await clientAt("127.0.0.1").send(unsigned)).toMatchObject({ packet: { code: Code.AccessAccept } });
    expect(await clientAt("127.0.0.2").send(unsigned)).toMatchObject({ failure: "timeout" });
  });

  it("asks a user what it is told to ask, and takes the answer under its own State only", async () => {
    const client = clientAt("127.0.0.1");
    const asked = await client.send({ userName: "asked", password: "geheim" });
    if ("failure" in asked) throw new Error(asked.failure);
    expect(asked.packet.code).toBe(Code.AccessChallenge);
    expect(Buffer.from(asked.packet.first(AttributeType.ReplyMessage) ?? []).toString()).toBe("Your PIN?");
    const state = { type: AttributeType.State, value: asked.packet.first(AttributeType.State) ?? new Uint8Array() };
    const answer = { userName: "asked", password: "4711" };
    expect(await client.send(answer)).toMatchObject({ packet: { code: Code.AccessReject } });
    const answered = await client.send({ ...answer, attributes: [state] });
    expect(answered).toMatchObject({ packet: { code: Code.AccessAccept } });
  });

  it("offers PEAP with a certificate of its own", async () => {
    const identity = eapMessageAttributes(Buffer.from("\x02\x01\x00\x0a\x01alice"));
    const result = await clientAt("127.0.0.1").send({ userName: "alice", attributes: identity });
    if ("failure" in result) throw new Error(result.failure);
    expect(result.packet.code).toBe(Code.AccessChallenge);
    expect(result.packet.first(AttributeType.EapMessage)?.[4]).toBe(EAP_PEAP);
    expect(existsSync(server.certificateFile ?? "")).toBe(true);
  });

  it("comes back on its port after a kill", async () => {
    await server.kill();
    await server.restart();
    const result = await clientAt("127.0.0.1").send({ userName: "alice", password: "geheim" });
    expect(result).toMatchObject({ packet: { code: Code.AccessAccept } });
  });
});
