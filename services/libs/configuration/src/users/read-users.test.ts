import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loaded, shown, writeFiles } from "../../test/files.js";
import {
  type Configuration,
  type ConfigurationError,
  checkUsers,
  readUsers,
  type UserEntry,
  type UsersProgress,
} from "../index.js";

const SEED = "JBSWY3DPEHPK3PXP";
const HASH = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI";
const YAML = `users: [ { name: Yara, tokens: [ { serial: Y1, secret: ${SEED} } ] } ]\nusersFile: users.csv`;

function withUsers(csv: string | Uint8Array): Promise<Configuration> {
  return loaded(YAML, { files: { "users.csv": csv } });
}

async function all(configuration: Configuration) {
  const users: UserEntry[] = [];
  const errors: ConfigurationError[] = [];
  for await (const result of readUsers(configuration)) {
    if (result.ok) users.push(result.value);
    else errors.push(result.failure);
  }
  return { users, errors };
}

async function errorsOf(csv: string | Uint8Array): Promise<string[]> {
  const { users, errors } = await all(await withUsers(csv));
  expect(users[0]).toMatchObject({ name: "Yara" });
  return shown(errors);
}

describe("right files", () => {
  test("gives the users of the YAML file, then those of the CSV file", async () => {
    const { users, errors } = await all(
      await withUsers(
        [
          "name,password,passwordHash,serial,secret",
          `CORP\\Alice,"correct ""horse"", 1",,T1,${SEED.toLowerCase()}`,
          `bob,,"${HASH}",,`,
          "carol,,,,",
          "",
        ].join("\n"),
      ),
    );
    expect(errors).toEqual([]);
    expect(users.map(({ name, loginName }) => [name, loginName])).toEqual([
      ["Yara", "yara"],
      ["CORP\\Alice", "alice"],
      ["bob", "bob"],
      ["carol", "carol"],
    ]);
    const [, alice, bob, carol] = users;
    expect(alice?.password?.reveal()).toBe('correct "horse", 1');
    expect(alice?.tokens).toMatchObject([
      { serial: "T1", type: "totp", digits: 6, periodSeconds: 30, algorithm: "sha1" },
    ]);
    expect(alice?.tokens[0]?.secret.reveal()).toBe(SEED);
    expect(bob).toMatchObject({ enabled: true, tokens: [] });
    expect(bob?.passwordHash?.reveal()).toBe(HASH);
    expect(Object.keys(carol ?? {})).not.toContain("password");
  });

  test("has second factors in columns of their own", async () => {
    const { users, errors } = await all(
      await withUsers(
        [
          "name,phone,backupPhone,language,mail,methods,defaultMethod,smsMode,voiceMode,appMode,pin,pinHash,serial,secret,type,counter",
          `ann,+49 30 901820 x890,+4930901821,de,ann@corp.example,sms; voice,voice,two-way,pin,pin,2580,,T1,${SEED},hotp,7`,
          `bob,,,,,,,,,,,"${HASH}",T2,${SEED},totp,`,
        ].join("\n"),
      ),
    );
    expect(shown(errors)).toEqual([]);
    const [, ann, bob] = users;
    expect(ann?.phone?.reveal()).toEqual({ number: "+4930901820", extension: "890" });
    expect(ann?.backupPhone?.reveal()).toEqual({ number: "+4930901821", extension: "" });
    expect(ann?.pin?.reveal()).toBe("2580");
    expect(ann).toMatchObject({
      language: "de",
      mail: "ann@corp.example",
      methods: ["sms", "voice"],
      defaultMethod: "voice",
      smsMode: "two-way",
      voiceMode: "pin",
      appMode: "pin",
      tokens: [{ serial: "T1", type: "hotp", counter: 7 }],
    });
    expect(bob?.pinHash?.reveal()).toBe(HASH);
    expect(bob).toMatchObject({ language: "en", smsMode: "one-way", tokens: [{ type: "totp", counter: 0 }] });
    for (const key of ["phone", "methods", "defaultMethod", "mail", "pin"]) expect(bob).not.toHaveProperty(key);
  });

  test.each([
    ["columns in another order, some left out", `secret,serial,name\n${SEED},T1,alice\n`],
    ["CRLF", `name,serial,secret\r\nalice,T1,${SEED}\r\n`],
    ["BOM", `\uFEFFname,serial,secret\nalice,T1,${SEED}\n`],
    ["no newline at the end, empty lines between", `name,serial,secret\n\n\nalice,T1,${SEED}`],
  ])("%s", async (_, csv) => {
    const { users, errors } = await all(await withUsers(csv));
    expect(errors).toEqual([]);
    expect(users[1]).toMatchObject({ name: "alice", tokens: [{ serial: "T1" }] });
  });

  test("the header alone is no users", async () => {
    expect(await checkUsers(await withUsers("name\n"))).toEqual({ ok: true, value: { users: 1, tokens: 1 } });
  });

  test("without a usersFile there are those of the YAML file", async () => {
    expect(await checkUsers(await loaded("users: [ { name: a } ]"))).toEqual({
      ok: true,
      value: { users: 1, tokens: 0 },
    });
  });
});

describe("second factors that are wrong", () => {
  test.each([
    ["phone", "030 901820", "phone: must be a number in international form"],
    ["backupPhone", "+4930901820", "backupPhone: stands without a phone"],
    ["language", "it", "language: must be one of en, de, fr, es, pt, ja"],
    ["mail", "alice", "mail: must be a mail address"],
    ["methods", "sms;fax", "methods: must be one of oath, sms, voice, app"],
    ["methods", "sms;sms", "methods: must not have the same method twice"],
    ["methods", ";", "methods: must have at least one method"],
    ["methods,defaultMethod", "app,oath", "defaultMethod: is not one of the user's methods"],
    ["defaultMethod", "sms", "defaultMethod: needs a phone"],
    ["smsMode", "pin", "smsMode: must be one of one-way, one-way-pin, two-way, two-way-pin"],
    ["pin", "12a4", "pin: must be 4 to 16 digits"],
    ["pin,pinHash", `2580,"${HASH}"`, "pinHash: stands beside a pin"],
    ["type", "hotp", "type: stands without a serial"],
    ["serial,secret,type", `T,${SEED},motp`, "type: must be one of totp, hotp"],
    ["serial,secret,counter", `T,${SEED},1`, "counter: belongs to tokens of type hotp"],
    ["serial,secret,type,counter", `T,${SEED},hotp,281474976710657`, "counter: must be a whole number from 0"],
  ])("%s: %s", async (columns, cells, error) => {
    expect(await errorsOf(`name,${columns}\nalice,${cells}\n`)).toEqual([expect.stringContaining(error)]);
  });
});

describe("wrong headers", () => {
  test.each([
    ["", "users.csv: the file is empty: its first line names the columns"],
    ["name,pasword\n", "users.csv:1:2: unknown column, did you mean password?"],
    ["name,Password\n", "users.csv:1:2: unknown column, did you mean password?"],
    ["name,colour\n", "users.csv:1:2: unknown column: the first line names the columns, which are name, password"],
    ["name,name\n", "users.csv:1:2: there is already a column name"],
    ["password\n", "users.csv:1:1: there is no column name"],
    ["name;password\n", "users.csv:1:1: unknown column"],
  ])("%j: %s", async (csv, error) => {
    expect(await errorsOf(`${csv}alice,x\n`.replace(/^alice.*/, ""))).toEqual([expect.stringContaining(error)]);
  });

  test("a file that begins with a user does not show its password", async () => {
    expect((await errorsOf("alice,hunter2hunter2\nbob,x\n")).join()).not.toContain("hunter2");
  });
});

describe("wrong rows", () => {
  const HEAD = "name,password,passwordHash,serial,secret\n";
  test.each([
    ["alice,x,,,\nALICE@corp.example,,,,\n", "users.csv:3:1 name: signs in under the same name as the user on line 2"],
    ["yara,,,,\n", "users.csv:2:1 name: signs in under the same name as the user of the YAML file"],
    [`a,,,T,${SEED}\nb,,,T,${SEED}\n`, "users.csv:3:4 serial: is also the serial of the token on line 2"],
    [`a,,,Y1,${SEED}\n`, "users.csv:2:4 serial: is also the serial of the token of the YAML file"],
    [`a,x,"${HASH}",,\n`, "users.csv:2:3 passwordHash: stands beside a password: write only one of them"],
    ["a,,,T,\n", "users.csv:2:5 secret: is missing: a token needs one"],
    [`a,,,,${SEED}\n`, "users.csv:2:4 serial: is missing: a token needs one"],
    [",x,,,\n", "users.csv:2:1 name: is missing"],
    ["a,,md5,,\n", "users.csv:2:3 passwordHash: must be an argon2id hash"],
    ["a,,,T,JBSWY3DP\n", "users.csv:2:5 secret: must decode to 10 to 64 bytes, it decodes to 5"],
    [`a,${"x".repeat(129)},,,\n`, "users.csv:2:2 password: must be at most 128 bytes long"],
    [" a,,,,\n", "users.csv:2:1 name: must not begin or end with a space"],
    [`a,,${HASH},,\n`, "users.csv:2: the row has 7 values for 5 columns: write a value with commas in quotes"],
    ["a,b\n", "users.csv:2: the row has 2 values for 5 columns"],
    ["a,b,,,,\n", "users.csv:2: the row has 6 values for 5 columns"],
    ['a,"x\ny",,,\n', "users.csv:2:2 password: must not contain a line break"],
    ['a,x"y,,,\n', "users.csv:2: a quote stands inside a value"],
    ['a,"x"y,,,\n', "users.csv:2: a value goes on after its closing quote"],
    ['a,"x,,,\n', "users.csv:2: a quote is not closed"],
    [`a,"x,,,\n${"b,,,,\n".repeat(2000)}`, "users.csv:2: the row is longer than 8192 characters"],
  ])("%.30j: %s", async (rows, error) => {
    expect(await errorsOf(HEAD + rows)).toEqual([expect.stringContaining(error)]);
  });

  test("the reading goes on after a wrong row, and lines are counted through cells and empty lines", async () => {
    const { users, errors } = await all(await withUsers(`${HEAD}a,"x\n\ny",,,\n\nb,,,,\n,,,,\nc,,,,\n`));
    expect(users.map((user) => user.name)).toEqual(["Yara", "b", "c"]);
    expect(shown(errors)).toEqual([expect.stringMatching(/^users.csv:2:2/), expect.stringMatching(/^users.csv:7:1/)]);
  });

  test("stops after a thousand errors", async () => {
    const errors = await errorsOf(HEAD + ",,,,\n".repeat(3000));
    expect(errors).toHaveLength(1001);
    expect(errors.at(-1)).toBe("users.csv: only the first 1000 errors are shown");
  });
});

describe("the file itself", () => {
  test("is not there, is a folder, is no UTF-8", async () => {
    expect(shown((await all(await loaded("usersFile: users.csv"))).errors)).toEqual([
      "users.csv: the file does not exist",
    ]);
    const folder = await writeFiles({});
    const configuration = await loaded(`usersFile: ${folder}`);
    expect((await all(configuration)).errors).toMatchObject([{ message: "the file is not a regular file" }]);
    expect(await errorsOf(new Uint8Array([0x6e, 0xff, 0xfe]))).toEqual(["users.csv: the file is not UTF-8 text"]);
    expect(await errorsOf(Buffer.from("name\nZo\u00eb").subarray(0, -1))).toEqual([
      "users.csv: the file is not UTF-8 text",
    ]);
  });

  test("a caller that stops early closes the file", async () => {
    const configuration = await withUsers(
      `name\n${Array.from({ length: 200_000 }, (_, at) => `user${at}\n`).join("")}`,
    );
    const before = process.getActiveResourcesInfo().length;
    let users = 0;
    for await (const result of readUsers(configuration)) {
      if (result.ok && ++users === 10) break;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(users).toBe(10);
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before);
  });

  test("50,000 users take a couple of seconds, with progress up to the last byte", async () => {
    const rows = Array.from({ length: 50_000 }, (_, at) => `user${at},,,S${at},${SEED}${SEED}\n`);
    const folder = await writeFiles({ "users.csv": `name,password,passwordHash,serial,secret\n${rows.join("")}` });
    const configuration = await loaded(`usersFile: ${join(folder, "users.csv")}`);
    const progress: UsersProgress[] = [];
    const started = performance.now();
    const result = await checkUsers(configuration, { onProgress: (now) => progress.push(now) });
    expect(performance.now() - started).toBeLessThan(5000);
    expect(result).toEqual({ ok: true, value: { users: 50_000, tokens: 50_000 } });
    expect(progress.length).toBeGreaterThan(5);
    expect(progress.at(-1)?.readBytes).toBe(progress.at(-1)?.totalBytes);
    expect(progress.map(({ users }) => users)).toEqual(progress.map(({ users }) => users).toSorted((a, b) => a - b));
  });
});
