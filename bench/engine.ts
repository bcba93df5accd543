// node bench/run.mjs engine PATH.. [--runs N] [--rules N] [--json FILE] [--markdown]
// MB/s of the whole engine on one core over files that are in memory: the first pass, which also compiles patterns, and later ones;
// candidates a KB; how its time is shared by stages and by the rules that take most of it.
import { BlobScanner } from '../src/engine/blob-scanner.ts';
import { Scanner } from '../src/engine/scanner.ts';
import { builtInRules } from '../src/rules/catalogue.ts';
import { keywordsOf } from '../src/rules/rule-index.ts';
import { alternate, type Summary, timeOnCore } from './measure.ts';
import { readInputs } from './read-inputs.ts';
import { runSession } from './session.ts';
import { measureStages, STAGES } from './stages.ts';

const LIMIT = 1 << 30;
/** Passes with a clock: the least of each stage counts. */
const PASSES = 3;

await runSession({ rules: { type: 'string' } }, async ({ positionals, values, runs, show, note }) => {
  if (positionals.length === 0) throw new Error('name files or folders to scan');
  const inputs = readInputs(positionals, LIMIT);
  const bytes = inputs.reduce((sum, input) => sum + input.bytes.length, 0);
  const rules = builtInRules();
  const scanner = new BlobScanner(new Scanner(rules), { now: Date.now() });
  let detections = 0;
  const scanAll = () => {
    detections = 0;
    for (const input of inputs) detections += scanner.scanBytes(input.path, input.bytes).length;
  };
  const first = timeOnCore(scanAll);
  const [plain] = (await alternate([() => timeOnCore(scanAll)], runs)) as Summary[];
  const stages = measureStages(rules, keywordsOf(rules), inputs, PASSES);
  const speed = (seconds: number) => bytes / seconds / 1e6;
  show(
    'Engine, one core',
    ['files', 'MB', 'MB/s, first pass', `median of ${runs} more`, 'spread', 'candidates a KB', 'detections'],
    [
      [
        String(inputs.length),
        (bytes / 1e6).toFixed(1),
        speed(first.seconds).toFixed(0),
        speed(plain.median).toFixed(0),
        `${speed(plain.max).toFixed(0)} to ${speed(plain.min).toFixed(0)}`,
        (stages.candidates / (bytes / 1000)).toFixed(2),
        String(detections),
      ],
    ],
    {
      files: inputs.length,
      bytes,
      detections,
      first: first.seconds,
      ...plain,
      megabytesPerSecond: speed(plain.median),
    },
  );
  const share = (seconds: number) => `${((seconds / stages.total) * 100).toFixed(1)} %`;
  show(
    'Share of time by stage',
    ['stage', 'share', 'ms', 'calls'],
    STAGES.map((stage) => {
      const { seconds, calls } = stages.byStage[stage];
      return [stage, share(seconds), (seconds * 1000).toFixed(0), String(calls)];
    }),
    stages,
  );
  const top = stages.byRule.slice(0, Number(values.rules ?? 10));
  show(
    'Rules that take most time',
    ['rule', 'share', 'ms', 'tries', 'matches'],
    top.map(({ rule, seconds, calls, matches }) => [
      rule,
      share(seconds),
      (seconds * 1000).toFixed(1),
      String(calls),
      String(matches),
    ]),
    top,
  );
  note(
    `Shares are of the least of ${PASSES} passes more, with the clock read around every call; the speed above is without it.`,
  );
});
