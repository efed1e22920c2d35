import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readTokenCsv, readTokenUsers } from "./token-csv.js";

const SEED = "JBSWY3DPEHPK3PXP";
const SHAPE = { type: "totp", digits: 6, periodSeconds: 30, algorithm: "sha1", counter: 0 } as const;

async function fileWith(csv: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-token-csv-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "tokens.csv"), csv);
  return join(folder, "tokens.csv");
}

const read = async (csv: string) => readTokenCsv(await fileWith(csv));

describe("readTokenCsv", () => {
  it("reads what Microsoft Entra takes", async () => {
    const csv = `upn,serial number,secret key,time interval,manufacturer,model\r\nann@corp.example,1234567,${SEED},60,Contoso,HardwareKey\r\n`;
    expect(await read(csv)).toEqual([
      {
        place: "line 2",
        token: { ...SHAPE, serial: "1234567", userName: "ann@corp.example", secret: SEED, periodSeconds: 60 },
      },
    ]);
  });

  it("reads our own columns in any order, empty cells and spaces around values", async () => {
    const csv = `type,serial,secret base32,user,Counter,digits,algorithm\nHOTP, H1 ,${SEED},bob,7,8,HMAC-SHA-256\n,T1,${SEED},,,,\n`;
    expect((await read(csv)).map((entry) => ("token" in entry ? entry.token : entry))).toEqual([
      {
        ...SHAPE,
        type: "hotp",
        serial: "H1",
        userName: "bob",
        secret: SEED,
        counter: 7,
        digits: 8,
        algorithm: "sha256",
      },
      { ...SHAPE, serial: "T1", userName: undefined, secret: SEED },
    ]);
  });

  it("reads serial, secret and interval where no line names the columns", async () => {
    const entries = await read(`1234567,${SEED},60,Contoso\n1234568,${SEED}\n`);
    expect(entries).toMatchObject([
      { place: "line 1", token: { serial: "1234567", secret: SEED, periodSeconds: 60, userName: undefined } },
      { place: "line 2", token: { serial: "1234568", periodSeconds: 30 } },
    ]);
  });

  it.each([
    ["serial,secret,interval", `T1,${SEED},half a minute`, "its interval is no number of seconds"],
    ["serial,secret,type", `T1,${SEED},motp`, "its type must be totp or hotp"],
    ["serial,secret,algorithm", `T1,${SEED},md5`, "its algorithm must be sha1, sha256 or sha512"],
    ["serial,secret,digits", `T1,${SEED},six`, "its digits are no number"],
    ["serial,secret,type,counter", `T1,${SEED},hotp,-1`, "its counter is no number"],
    ["serial,secret", "T1,", "has no secret"],
    ["serial,secret", `,${SEED}`, "has no serial"],
    ["serial,secret,user", `T1,${SEED},${"x".repeat(1_025)}`, "has a value of more than 1024 characters"],
  ])("refuses one token: %s / %.40s", async (header, row, reason) => {
    const [entry, good] = await read(`${header}\n${row}\nT2,${SEED}${",".repeat(header.split(",").length - 2)}\n`);
    expect(entry).toMatchObject({ place: "line 2", reason });
    expect(good).toMatchObject({ place: "line 3", token: { serial: "T2" } });
    expect(JSON.stringify(entry)).not.toContain(SEED);
  });

  it.each([
    [`serial,secret,colour\nT1,${SEED},red\n`, "line 1, column 3 has an unknown name"],
    [`serial,secret,seed\nT1,${SEED},x\n`, "line 1, column 3 stands there twice"],
    [`serial,secret\nT1,${SEED},x\n`, "line 2 has 3 values for 2 columns"],
    [`serial,secret\nT1,"${SEED}\n`, "line 2: a quote is not closed"],
  ])("refuses the whole file: %j", async (csv, message) => {
    const error = await read(csv).then(
      () => "taken",
      (reason: Error) => reason.message,
    );
    expect(error).toContain(message);
    expect(error).not.toContain(SEED);
  });
});

describe("readTokenUsers", () => {
  it("gives each serial its user", async () => {
    const users = await readTokenUsers(await fileWith("User,Serial\nann,T1\nbob,T2\n"));
    expect([...users]).toEqual([
      ["T1", "ann"],
      ["T2", "bob"],
    ]);
  });

  it.each([
    ["serial,user\nT1,\n", "line 2 has no serial or no user"],
    ["serial,user\nT1,a\nT1,b\n", "line 3 has a serial that stands above already"],
  ])("%j", async (csv, message) => {
    await expect(readTokenUsers(await fileWith(csv))).rejects.toThrow(message);
  });
});
