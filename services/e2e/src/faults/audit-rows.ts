import { Client } from "pg";

/** User -> the verdicts in the audit, in their order. */
export async function auditedVerdicts(databaseUrl: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ user_name: string; verdicts: string[] }>(
      "select user_name, array_agg(verdict order by claimed_at_ms) as verdicts from fraud_reporter.audit where kind = 'login' group by user_name",
    );
    return new Map(rows.map((row) => [row.user_name, row.verdicts]));
  } finally {
    await client.end();
  }
}
