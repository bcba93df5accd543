// Trains src/engine/checks/value-model.ts: which values that stand beside a telling name are secrets.
//
//   node build/train-scorer.mjs CREDDATA [--folds N] [--check]
//
// CREDDATA is a folder with `data/` and `meta/` as the CredData project (github.com/Samsung/CredData) lays them out; it
// is not part of this repository. Candidates are what the rules with a value check match and no plain look drops.
// A candidate on a line that the markup calls a credential counts as one if it holds the marked value.
// Deterministic: no random numbers, ties by order. `--folds` trains on the rest of each fold of repositories and tells
// how well what was left out is judged, by candidates.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [folder, ...flags] = process.argv.slice(2);
const option = (name, otherwise) =>
  flags.includes(name) ? Number(flags[flags.indexOf(name) + 1]) : otherwise;

const TREES = option('--trees', 120);
const LEAVES = option('--leaves', 10);
const RATE = 0.1;
/** Keeps leaves of few candidates near nothing. */
const RIDGE = 6;
const LEAST_WEIGHT = 8;
const BINS = 24;
/** A line without markup is no credential in most cases, but nobody has looked. */
const UNMARKED = 0.4;
/** True values of the data are random letters where weak passwords stood: copies with made-up weak ones keep the model from taking words for harmless everywhere. */
const WEAK_COPIES = 0.35;

class Lines {
  constructor(bytes) {
    this.bytes = bytes;
    this.starts = [0];
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) this.starts.push(at + 1);
  }
  at(offset) {
    let low = 0;
    let high = this.starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
  text(line) {
    return this.bytes.toString(
      'utf8',
      this.starts[line - 1],
      (this.starts[line] ?? this.bytes.length + 1) - 1,
    );
  }
}

const engine = await loadEngine();
const { names, samples } = collect();
console.error(
  `${samples.length} candidates, ${samples.filter((s) => s.label).length} true, ${names.length} features`,
);

const folds = option('--folds', 0);
if (folds) crossValidate(folds);
else {
  const model = train(samples);
  const rounded = JSON.stringify(model);
  writeFileSync(
    join(root, 'src/engine/checks/value-model.ts'),
    `/** Made by build/train-scorer.mjs: see there. */\nexport const MODEL =\n  '${rounded}';\n`,
  );
  console.error(`${rounded.length} bytes`);
}

async function loadEngine() {
  const bundle = await rolldown({
    input: join(root, 'build/scorer-parts.ts'),
    platform: 'node',
    external: [/^[^./]/],
  });
  const file = join(root, 'src/generated/scorer-parts.mjs');
  mkdirSync(dirname(file), { recursive: true });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  return import(pathToFileURL(file).href);
}

function collect() {
  const rules = JSON.parse(readFileSync(join(root, 'src/generated/rules.json'), 'utf8'));
  const { FEATURES, findObvious, readAssignment, roleOf } = engine;
  const names = Object.keys(FEATURES);
  const functions = Object.values(FEATURES);
  const kinds = new Map(rules.filter((r) => ['password', 'token', 'url'].includes(r.checks.value)).map((r) => [r.id, r.checks.value]));
  const scanner = new engine.Scanner(rules.filter((r) => kinds.has(r.id)));
  const markup = readMarkup();
  const samples = [];
  for (const path of walk(join(folder, 'data'))) {
    const name = relative(join(folder, 'data'), path).replaceAll('\\', '/');
    const bytes = readFileSync(path);
    const lines = new Lines(bytes);
    const seen = new Set();
    const repository = name.split('/')[0];
    scanner.scanBytes(bytes, {
      path: name,
      trace: ({ rule, start, secret, layers, around }) => {
        if (layers.length > 0) return;
        const key = `${start} ${kinds.get(rule)}`;
        if (seen.has(key)) return;
        seen.add(key);
        const kind = kinds.get(rule);
        const at = readAssignment(around, secret);
        const role = roleOf(name);
        if (findObvious(kind, secret, at, role)) return;
        const line = lines.at(start);
        const marks = markup.get(`${name}:${line}`) ?? [];
        const truths = marks.filter((mark) => mark.truth);
        let label = 0;
        let weight = marks.length > 0 ? 1 : UNMARKED;
        if (truths.length > 0) {
          if (truths.every((mark) => mark.skip)) return;
          const text = lines.text(line);
          label = truths.some((mark) =>
            isSame(
              secret,
              mark.start < 0 ? text : text.slice(mark.start, mark.end < 0 ? undefined : mark.end),
            ),
          )
            ? 1
            : 0;
          if (!label) weight = 0.3;
        } else if (marks.length > 0 && marks.every((mark) => mark.skip)) return;
        const featuresOf = (value) => Float64Array.from(functions, (f) => Number(f(value, at, role, kind)));
        samples.push({ repository, label, weight, features: featuresOf(secret), name, line, secret });
        if (
          label &&
          kind === 'password' &&
          !role.test &&
          secret.length < 20 &&
          /^[A-Za-z0-9]+$/.test(secret)
        ) {
          const weak = weakPassword(samples.length);
          samples.push({ repository, label, weight: WEAK_COPIES, features: featuresOf(weak), copy: true });
        }
      },
    });
  }
  return { names, samples };
}

/** Passwords as people choose them, in a fixed order. */
function weakPassword(i) {
  const heads = [
    'hunter',
    'Summer',
    'dragon',
    'Passw0rd',
    'monkey',
    'Winter',
    'letmein',
    'Admin',
    'qwerty',
    'Welcome',
    'shadow',
    'master',
    'Tr0ub4dor',
    'sunshine',
    'p@ssw0rd',
    'Spring',
    'football',
    'ninja',
    'superman',
    'Company',
  ];
  const tails = ['2', '2019', '!', '123', '1!', '#1', '42', '2021!', '99', '_2020', '@123', '7', ''];
  return heads[i % heads.length] + tails[i % tails.length];
}

function isSame(secret, value) {
  const [a, b] = [secret, value].sort((x, y) => x.length - y.length);
  return a.length >= 3 && b.includes(a) && (a.length * 2 >= b.length || a === value);
}

function readMarkup() {
  const SKIPPED = new Set([
    'UUID',
    'Nonce',
    'Salt',
    'AWS S3 Bucket',
    'Firebase Domain',
    'Tencent WeChat API App ID',
  ]);
  const markup = new Map();
  for (const file of readdirSync(join(folder, 'meta')).sort()) {
    const [head, ...rows] = readFileSync(join(folder, 'meta', file), 'utf8')
      .trim()
      .split(/\r?\n/);
    const columns = head.split(',');
    const at = (row, name) => row[columns.indexOf(name)];
    for (const text of rows) {
      const row = text.split(',');
      const path = at(row, 'FilePath').replace(/^data\//, '');
      const mark = {
        truth: at(row, 'GroundTruth') === 'T',
        start: at(row, 'ValueStart') === '' ? -1 : Number(at(row, 'ValueStart')),
        end: at(row, 'ValueEnd') === '' ? -1 : Number(at(row, 'ValueEnd')),
        skip: at(row, 'Category')
          .split(':')
          .every((category) => SKIPPED.has(category)),
      };
      for (let line = Number(at(row, 'LineStart')); line <= Number(at(row, 'LineEnd')); line++) {
        const key = `${path}:${line}`;
        if (markup.has(key)) markup.get(key).push(mark);
        else markup.set(key, [mark]);
      }
    }
  }
  return markup;
}

function* walk(path) {
  for (const name of readdirSync(path).sort()) {
    const inner = join(path, name);
    if (statSync(inner).isDirectory()) yield* walk(inner);
    else yield inner;
  }
}

/** Gradient boosting on the logistic loss, trees grown leaf by leaf at the greatest gain. */
function train(list) {
  const count = names.length;
  const cuts = names.map((_, f) => cutsOf(list, f));
  const bins = names.map((_, f) =>
    Uint8Array.from(list, (s) => cuts[f].filter((cut) => s.features[f] >= cut).length),
  );
  const weights = Float64Array.from(list, (s) => s.weight);
  const total = weights.reduce((a, b) => a + b, 0);
  const positive = list.reduce((sum, s) => sum + s.weight * s.label, 0);
  const bias = round(Math.log(positive / (total - positive)));
  const scores = new Float64Array(list.length).fill(bias);
  const trees = [];
  const gradients = new Float64Array(list.length);
  const hessians = new Float64Array(list.length);
  for (let t = 0; t < TREES; t++) {
    list.forEach((sample, i) => {
      const p = 1 / (1 + Math.exp(-scores[i]));
      gradients[i] = weights[i] * (sample.label - p);
      hessians[i] = weights[i] * p * (1 - p);
    });
    const leaves = [leafOf(Uint32Array.from(list.keys()))];
    const rootLeaf = leaves[0];
    while (leaves.length < LEAVES) {
      const best = leaves.reduce((a, b) => (b.gain > a.gain ? b : a));
      if (best.gain <= 0.5) break;
      const { feature, bin } = best;
      best.left = leafOf(best.rows.filter((i) => bins[feature][i] <= bin));
      best.right = leafOf(best.rows.filter((i) => bins[feature][i] > bin));
      leaves.splice(leaves.indexOf(best), 1, best.left, best.right);
    }
    for (const leaf of leaves) {
      leaf.weight = round((RATE * leaf.g) / (leaf.h + RIDGE));
      for (const i of leaf.rows) scores[i] += leaf.weight;
    }
    trees.push(flatten(rootLeaf));
  }
  return { bias, trees };

  function leafOf(rows) {
    let g = 0;
    let h = 0;
    for (const i of rows) {
      g += gradients[i];
      h += hessians[i];
    }
    const leaf = { rows, g, h, gain: 0 };
    const sumsG = new Float64Array(BINS + 1);
    const sumsH = new Float64Array(BINS + 1);
    const sumsW = new Float64Array(BINS + 1);
    for (let f = 0; f < count; f++) {
      sumsG.fill(0);
      sumsH.fill(0);
      sumsW.fill(0);
      const column = bins[f];
      for (const i of rows) {
        sumsG[column[i]] += gradients[i];
        sumsH[column[i]] += hessians[i];
        sumsW[column[i]] += weights[i];
      }
      const all = sumsW.reduce((a, b) => a + b, 0);
      let gl = 0;
      let hl = 0;
      let wl = 0;
      for (let bin = 0; bin < cuts[f].length; bin++) {
        gl += sumsG[bin];
        hl += sumsH[bin];
        wl += sumsW[bin];
        if (wl < LEAST_WEIGHT || all - wl < LEAST_WEIGHT) continue;
        const gain = (gl * gl) / (hl + RIDGE) + (g - gl) ** 2 / (h - hl + RIDGE) - (g * g) / (h + RIDGE);
        if (gain > leaf.gain) Object.assign(leaf, { gain, feature: f, bin });
      }
    }
    return leaf;
  }

  function flatten(leaf) {
    const row = [];
    const put = (node) => {
      const at = row.length;
      if (!node.left) {
        row.push(-1, node.weight);
        return at;
      }
      row.push(node.feature, cuts[node.feature][node.bin], 0, 0);
      row[at + 2] = put(node.left);
      row[at + 3] = put(node.right);
      return at;
    };
    put(leaf);
    return row;
  }
}

function cutsOf(list, f) {
  const values = [...new Set(Float64Array.from(list, (s) => s.features[f]))].sort((a, b) => a - b);
  if (values.length <= BINS) return values.slice(1).map((value, i) => round((value + values[i]) / 2));
  const sorted = Float64Array.from(list, (s) => s.features[f]).sort();
  const cuts = new Set();
  for (let b = 1; b < BINS; b++) cuts.add(round(sorted[Math.floor((b * sorted.length) / BINS)]));
  return [...cuts].sort((a, b) => a - b);
}

function round(number) {
  return Number(number.toPrecision(4));
}

function scoreOf({ bias, trees }, features) {
  let sum = bias;
  for (const tree of trees) {
    let node = 0;
    while (tree[node] >= 0) node = features[tree[node]] < tree[node + 1] ? tree[node + 2] : tree[node + 3];
    sum += tree[node + 1];
  }
  return 1 / (1 + Math.exp(-sum));
}

function crossValidate(count) {
  const repositories = [...new Set(samples.map((s) => s.repository))].sort();
  const scored = [];
  for (let fold = 0; fold < count; fold++) {
    const out = new Set(repositories.filter((_, i) => i % count === fold));
    const model = train(samples.filter((s) => !out.has(s.repository)));
    for (const s of samples)
      if (out.has(s.repository) && !s.copy) scored.push({ ...s, score: scoreOf(model, s.features) });
    console.error(`fold ${fold + 1} of ${count}`);
  }
  if (flags.includes('--scores')) {
    const at = (name) => names.indexOf(name);
    const rows = scored.map((s) => ({ ...s, features: undefined, test: s.features[at('test')], example: s.features[at('example')], kind: s.features[at('isPassword')] ? 'password' : s.features[at('isUrl')] ? 'url' : 'token' }));
    writeFileSync(flags[flags.indexOf('--scores') + 1], rows.map((row) => JSON.stringify(row)).join('\n'));
  }
  // By line, as a reader meets them; lines without markup are told apart.
  const byLine = new Map();
  for (const s of scored) {
    const key = `${s.name}:${s.line}`;
    const known = byLine.get(key);
    byLine.set(key, {
      score: Math.max(s.score, known?.score ?? 0),
      label: s.label || known?.label || 0,
      marked: s.weight !== UNMARKED || known?.marked,
      where: key,
      secret: s.score >= (known?.score ?? 0) ? s.secret : known.secret,
    });
  }
  const lines = [...byLine.values()];
  for (const least of [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) {
    const over = lines.filter((s) => s.score >= least);
    const tp = over.filter((s) => s.label).length;
    const fp = over.filter((s) => !s.label && s.marked).length;
    const unmarked = over.length - tp - fp;
    const fn = lines.filter((s) => s.label && s.score < least).length;
    console.log(
      `score ${least}: precision ${(tp / (tp + fp)).toFixed(3)} (${unmarked} without markup) recall ${(tp / (tp + fn)).toFixed(3)} of candidates, F1 ${((2 * tp) / (2 * tp + fp + fn)).toFixed(3)}`,
    );
  }
  if (flags.includes('--check'))
    for (const s of lines)
      if (s.score >= 0.5 !== Boolean(s.label))
        console.log(`${s.label ? 'missed' : 'wrong'} ${s.score.toFixed(2)} ${s.where} ${s.secret}`);
}
