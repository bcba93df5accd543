import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { renderTable } from './table.ts';

/** What every program here takes. */
export const COMMON = {
  json: { type: 'string' },
  markdown: { type: 'boolean' },
  runs: { type: 'string' },
  timeout: { type: 'string' },
  budget: { type: 'string' },
} as const;

export interface Session {
  positionals: string[];
  values: Record<string, string | boolean | undefined>;
  runs: number;
  /** Seconds that one command may take. */
  timeout: number;
  /** Seconds that all runs of one command may take: slow ones run less often. */
  budget: number;
  /** A folder of this session, removed at its end. */
  scratch: string;
  /** Prints a table, and keeps its data for `--json`. */
  show(title: string, headers: string[], rows: string[][], data: unknown): void;
  note(text: string): void;
}

/** Runs a program of this folder: reads its arguments, tells the machine and its load, writes `--json FILE`. */
export async function runSession(
  options: Record<string, { type: 'string' | 'boolean' }>,
  main: (session: Session) => void | Promise<void>,
): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { ...COMMON, ...options },
  }) as { values: Session['values']; positionals: string[] };
  const scratch = mkdtempSync(join(tmpdir(), 'unleak-bench-'));
  const tables: { title: string; data: unknown }[] = [];
  const machine = describeMachine();
  console.log(`${machine.text}\n`);
  try {
    await main({
      positionals,
      values,
      runs: Number(values.runs ?? 5),
      timeout: Number(values.timeout ?? 600),
      budget: Number(values.budget ?? Number.POSITIVE_INFINITY),
      scratch,
      show(title, headers, rows, data) {
        console.log(
          `${values.markdown ? `### ${title}\n` : title}\n${renderTable(headers, rows, values.markdown === true)}\n`,
        );
        tables.push({ title, data });
      },
      note: (text) => console.log(`${text}\n`),
    });
    if (values.json)
      writeFileSync(String(values.json), `${JSON.stringify({ machine, tables }, undefined, 2)}\n`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function describeMachine() {
  const [{ model }] = cpus();
  const load = loadavg()[0];
  const text =
    `${cpus().length} x ${model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${process.platform} ${process.arch}, ` +
    `Node ${process.versions.node}, load ${load.toFixed(1)} before the first run`;
  return { cores: cpus().length, model, memory: totalmem(), node: process.versions.node, load, text };
}
