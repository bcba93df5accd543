// node bench/run.mjs growth tree PATH | history [REPOSITORY] [--commits N] [--runs N] [--timeout SECONDS] [--json FILE] [--markdown]
// How time and peak memory grow with 1, 2, 4 and 8 times the input: copies of a tree; the first eighth, quarter and half of a
// repository's commits and all of them; without a repository, generated histories of N, 2 N, 4 N and 8 N commits.
import { join, resolve } from 'node:path';
import { runCommand } from './command.ts';
import { copyTree, sizeOfTree, sliceHistory } from './grow-inputs.ts';
import { makeHistory } from './history.ts';
import { alternate, growthExponent, type Summary } from './measure.ts';
import { unleak } from './peers/unleak.ts';
import { runSession, type Session } from './session.ts';
import { formatCpu, formatMegabytes, formatSeconds } from './table.ts';

/** An input, and what it holds: bytes of files, or of all versions of all files. */
interface Step {
  path: string;
  bytes: number;
}

const FACTORS = [1, 2, 4, 8];

await runSession({ commits: { type: 'string' } }, async (session) => {
  const [mode, given] = session.positionals;
  if (mode === 'tree' && given) return measureGrowth(session, 'tree', growTree(session, resolve(given)));
  if (mode !== 'history') throw new Error('name one of: tree PATH, history [REPOSITORY]');
  const steps = FACTORS.map((factor): Step => {
    const path = join(session.scratch, `history-${factor}`);
    if (given) return { path, bytes: sliceHistory(resolve(given), path, factor / FACTORS[3]) };
    const commits = Number(session.values.commits ?? 1000) * factor;
    return { path, bytes: makeHistory(path, { shape: 'commits', commits, files: 200, seed: 'growth' }) };
  });
  return measureGrowth(session, 'history', steps);
});

function growTree({ scratch }: Session, source: string): Step[] {
  return FACTORS.map((factor) => {
    const path = join(scratch, `tree-${factor}`);
    for (let copy = 0; copy < factor; copy++) copyTree(source, join(path, `copy-${copy}`));
    return { path, bytes: sizeOfTree(source) * factor };
  });
}

async function measureGrowth(session: Session, mode: 'tree' | 'history', steps: Step[]): Promise<void> {
  const { scratch, timeout, runs } = session;
  const argvOf = (path: string) => [
    unleak.executable,
    unleak.script!,
    ...unleak[mode]!(path, join(scratch, 'out')),
  ];
  const results = await alternate(
    steps.map(
      ({ path }) =>
        () =>
          runCommand({ argv: argvOf(path), cwd: scratch, codes: unleak.codes }, { scratch, timeout }),
    ),
    runs,
  );
  const failure = results.find((result) => result instanceof Error);
  if (failure) throw failure;
  const summaries = results as Summary[];
  const rows = steps.map(({ bytes }, i) => {
    const { median, min, max, cpu, peakBytes } = summaries[i];
    return [
      formatMegabytes(bytes),
      formatSeconds(median),
      `${formatSeconds(min)} to ${formatSeconds(max)}`,
      ((bytes / median) * 1e-6).toFixed(0),
      i === 0
        ? '-'
        : growthExponent([steps[i - 1].bytes, bytes], [summaries[i - 1].median, median]).toFixed(2),
      formatCpu(cpu),
      formatMegabytes(peakBytes),
    ];
  });
  session.show(
    `Growth of ${mode}`,
    ['input', `median of ${runs}`, 'spread', 'MB/s', 'exponent', 'CPU', 'peak memory'],
    rows,
    steps.map(({ bytes }, i) => ({ bytes, ...summaries[i] })),
  );
  session.note(
    'An exponent of 1 is time that follows the input; 0.5 or less, time that hardly grows; 2, its square.',
  );
}
