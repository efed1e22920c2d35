import { describe, expect, it } from "vitest";
import { isUnavailable, Unavailable } from "./unavailable.js";

const coded = (code: string, message = "x"): Error => Object.assign(new Error(message), { code });
const reply = (message: string): Error => Object.assign(new Error(message), { name: "ReplyError" });

describe("isUnavailable", () => {
  it.each([
    new Unavailable("x"),
    coded("ECONNREFUSED"),
    Object.assign(new AggregateError([], ""), { code: "ECONNREFUSED" }),
    coded("57P01"),
    coded("57P03"),
    coded("57014"),
    coded("08006"),
    coded("53300"),
    coded("40P01"),
    coded("28P01"),
    coded("55P03"),
    coded("25006"),
    new Error("Connection terminated unexpectedly"),
    new Error("timeout exceeded when trying to connect"),
    new Error("Query read timeout"),
    new Error("Client has encountered a connection error and is not queryable"),
    new Error("Connection is closed."),
    new Error("Reached the max retries per request limit (which is 1). Refer to ..."),
    reply("LOADING Redis is loading the dataset in memory"),
    reply("OOM command not allowed when used memory > 'maxmemory'."),
    reply("READONLY You can't write against a read only replica."),
    new Error("outer", { cause: new Error("middle", { cause: coded("ECONNRESET") }) }),
  ])("%s is away", (error) => expect(isUnavailable(error)).toBe(true));

  it.each([
    new Error("x"),
    new TypeError("Cannot read properties of undefined"),
    coded("23505", "duplicate key"),
    coded("42P01", "no such table"),
    coded("22P02"),
    reply("ERR wrong number of arguments"),
    reply("WRONGTYPE Operation against a key holding the wrong kind of value"),
    new Error("LOADING is only a word here"),
    "ECONNREFUSED",
    undefined,
    null,
  ])("%s is wrong", (error) => expect(isUnavailable(error)).toBe(false));

  it("ends at causes that go in a circle", () => {
    const error = new Error("x");
    error.cause = error;
    expect(isUnavailable(error)).toBe(false);
  });
});
