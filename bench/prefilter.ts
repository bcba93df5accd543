// node bench/run.mjs prefilter PATH.. [--runs N] [--json FILE] [--markdown]
// GB/s of the keyword search on one core, over all bytes of the files at once and file by file, next to a loop that only
// counts one byte in the same memory (the least that a pass over it can cost) and to Node's search for an absent byte.

import { align, PADDING, ScanMemory } from '../src/engine/scan-memory.ts';
import { builtInRules } from '../src/rules/catalogue.ts';
import { keywordsOf } from '../src/rules/rule-index.ts';
import { alternate, type Summary, timeOnCore } from './measure.ts';
import { readInputs } from './read-inputs.ts';
import { runSession } from './session.ts';
import { formatRatio } from './table.ts';

/** More would not fit the module's memory with its tables and with what files need to be aligned. */
const LIMIT = 1 << 30;

await runSession({}, async ({ positionals, runs, show, note }) => {
  if (positionals.length === 0) throw new Error('name files or folders to search');
  const keywords = keywordsOf(builtInRules());
  const memory = new ScanMemory(keywords);
  const { exports } = memory;
  const inputs = readInputs(positionals, LIMIT);
  const spans: [start: number, end: number][] = [];
  let free = memory.texts;
  for (const { bytes } of inputs) {
    memory.reserve(free + bytes.length);
    memory.core.bytes.set(bytes, free);
    spans.push([free, free + bytes.length]);
    free = align(free + bytes.length + PADDING);
  }
  const last = spans[spans.length - 1][1];
  const bytes = inputs.reduce((sum, input) => sum + input.bytes.length, 0);

  let hits = 0;
  const search = (start: number, end: number) => {
    for (let at = start; at < end; at = exports.stopped.value >>> 0)
      hits += exports.findKeywords(start, at, end, memory.tables, memory.results, memory.hitCapacity);
  };
  const all: [number, number] = [memory.texts, last];
  const passes = [
    { name: 'keyword search', bytes: last - memory.texts, run: () => search(...all) },
    {
      name: 'keyword search, file by file',
      bytes,
      run: () => {
        hits = 0;
        for (const span of spans) search(...span);
      },
    },
    {
      name: 'counting a byte',
      bytes: last - memory.texts,
      run: () => void exports.countByte(...all, 0xff),
    },
    {
      name: 'Buffer.indexOf, absent byte',
      bytes: last - memory.texts,
      // 0xF8 and above begin no character of UTF-8: among binary files the search goes on behind each that is met.
      run: () => {
        for (let at = memory.texts; at >= 0 && at < last; ) at = memory.buffer.indexOf(0xf8, at) + 1 || last;
      },
    },
  ];
  const results = (await alternate(
    passes.map(
      ({ run }) =>
        () =>
          timeOnCore(run),
    ),
    runs,
  )) as Summary[];
  const speed = (i: number, seconds: number) => passes[i].bytes / seconds / 1e9;
  const own = speed(0, results[0].median);
  const rows = passes.map(({ name }, i) => [
    name,
    speed(i, results[i].median).toFixed(2),
    `${speed(i, results[i].max).toFixed(2)} to ${speed(i, results[i].min).toFixed(2)}`,
    formatRatio(speed(i, results[i].median) / own),
  ]);
  const kilobytes = bytes / 1000;
  const data = { keywords: keywords.length, files: inputs.length, bytes, hitsPerKilobyte: hits / kilobytes };
  show('Prefilter, one core', ['pass', `GB/s, median of ${runs}`, 'spread', 'of the search'], rows, {
    ...data,
    passes: passes.map(({ name }, i) => ({
      name,
      ...results[i],
      gigabytesPerSecond: speed(i, results[i].median),
    })),
  });
  note(
    `${keywords.length} keywords, ${inputs.length} files, ${(bytes / 1e6).toFixed(1)} MB, ${(hits / kilobytes).toFixed(2)} hits a KB.`,
  );
});
