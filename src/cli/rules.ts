import { UserError } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import { builtInCatalogue } from '../rules/catalogue.ts';
import type { Catalogue } from '../rules/rule.ts';
import { keywordsOf } from '../rules/rule-index.ts';
import { loadConfig } from '../suppress/config.ts';
import type { Arguments, Command, Io } from './command.ts';
import { SCAN_OPTIONS } from './scan-options.ts';

export const rules: Command = {
  name: 'rules',
  summary: 'list, show and check the rules',
  usage: 'rules list | show <id> | check',
  options: {
    config: SCAN_OPTIONS.config,
    'no-repo-config': SCAN_OPTIONS['no-repo-config'],
    format: {
      type: 'string',
      value: 'FORMAT',
      choices: ['text', 'json'],
      help: 'What to print (default text)',
    },
    corpus: { type: 'string', value: 'PATH', help: 'check: count keywords in these files too' },
  },
  examples: [
    ['unleak rules list', 'all rules'],
    ['unleak rules show aws-access-key', 'one rule: pattern, checks, remedy'],
    ['unleak rules check --config unleak.yaml', 'prove the examples of your own rules'],
  ],
  async run({ values, positionals }, io) {
    const [action, ...rest] = positionals;
    const catalogue = await loadCatalogue({ values, positionals }, io);
    if (action === 'list' && rest.length === 0) return list(catalogue, values.format === 'json', io);
    if (action === 'show' && rest.length === 1) return show(catalogue, rest[0], values.format === 'json', io);
    if (action === 'check' && rest.length === 0)
      return check(catalogue, values.corpus as string | undefined, io);
    throw new UserError('give one of: unleak rules list, unleak rules show <id>, unleak rules check');
  },
};

async function loadCatalogue({ values }: Arguments, io: Io): Promise<Catalogue> {
  const catalogue = builtInCatalogue();
  const config = await loadConfig({
    cwd: io.cwd,
    file: values.config as string | undefined,
    ignoreRepository: values['no-repo-config'] === true,
  });
  if (config.rules.length === 0) return catalogue;
  const { loadRules } = await import('../rules/load.ts');
  const own = loadRules(config.rules, { own: true });
  const replaced = new Set(own.rules.map((rule) => rule.id));
  const stays = (entry: { id: string }) => !replaced.has(entry.id);
  return {
    rules: [...catalogue.rules.filter(stays), ...own.rules],
    details: [...catalogue.details.filter(stays), ...own.details],
    examples: [...catalogue.examples.filter(stays), ...own.examples],
  };
}

function list({ rules, details }: Catalogue, json: boolean, { stdout }: Io): number {
  if (json) {
    const entries = rules.map(({ id, severity, confidence }, i) => ({
      id,
      vendor: details[i].vendor,
      title: details[i].title,
      severity,
      confidence,
      docs: details[i].docs,
    }));
    stdout.write(`${JSON.stringify(entries, null, 2)}\n`);
    return 0;
  }
  const width = Math.max(...rules.map((rule) => rule.id.length));
  for (const [i, { id, severity, confidence }] of rules.entries()) {
    stdout.write(
      `${id.padEnd(width)}  ${severity.padEnd(8)}  ${confidence.padEnd(6)}  ${details[i].title}\n`,
    );
  }
  const vendors = new Set(details.map(({ vendor }) => vendor)).size;
  stdout.write(`${rules.length} rules, ${vendors} vendors\n`);
  return 0;
}

function show({ rules, details, examples }: Catalogue, id: string, json: boolean, { stdout }: Io): number {
  const index = rules.findIndex((rule) => rule.id === id);
  if (index < 0) {
    const hint = nearest(
      id,
      rules.map((rule) => rule.id),
    );
    throw new UserError(
      `no rule is called ${id}: ${hint ? `did you mean ${hint}?` : 'unleak rules list shows all'}`,
    );
  }
  const rule = rules[index];
  const { title, vendor, opens, docs, respond, verify } = details[index];
  if (json) {
    stdout.write(`${JSON.stringify({ ...rule, ...details[index], examples: examples[index] }, null, 2)}\n`);
    return 0;
  }
  const lines: [string, string | undefined][] = [
    ['title', title],
    ['vendor', vendor],
    ['severity', `${rule.severity}, confidence ${rule.confidence}`],
    ['opens', opens],
    ['docs', docs],
    ['names', rule.names?.join(', ')],
    ['keywords', rule.keywords.join(', ')],
    ['pattern', rule.pattern],
    ['span', rule.pattern && `${rule.span.before} bytes before the keyword, ${rule.span.after} after`],
    ['checks', JSON.stringify(rule.checks)],
    ['paths', rule.paths?.join(', ')],
    ['pair', rule.pair && JSON.stringify(rule.pair)],
    ['verify', verify && `${verify.method} ${verify.url}`],
    ['revoke', respond?.url],
    ['steps', respond?.steps.map((step, i) => `${i + 1}. ${step}`).join('\n           ')],
    ['loud', examples[index].loud.map(({ text }) => JSON.stringify(text)).join('\n           ')],
    ['quiet', examples[index].quiet.map(({ text }) => JSON.stringify(text)).join('\n           ')],
  ];
  stdout.write(`${id}\n`);
  for (const [name, value] of lines) if (value) stdout.write(`  ${name.padEnd(9)}${value}\n`);
  return 0;
}

async function check(catalogue: Catalogue, corpus: string | undefined, io: Io): Promise<number> {
  const { proveRules } = await import('./prove-rules.ts');
  const hitsPerMb = corpus === undefined ? undefined : await countKeywords(catalogue, corpus, io);
  const mistakes = await proveRules(catalogue, hitsPerMb);
  for (const { rule, message } of mistakes) io.stdout.write(`${rule}: ${message}\n`);
  const examples = catalogue.examples.reduce((sum, { loud, quiet }) => sum + loud.length + quiet.length, 0);
  const verdict =
    mistakes.length === 0
      ? 'all hold'
      : `${mistakes.length} ${mistakes.length === 1 ? 'mistake' : 'mistakes'}`;
  io.stdout.write(`${catalogue.rules.length} rules, ${examples} examples: ${verdict}\n`);
  return mistakes.length === 0 ? 0 : 1;
}

/** Hits per megabyte of each keyword in the files below a path. */
async function countKeywords(catalogue: Catalogue, corpus: string, io: Io): Promise<Map<string, number>> {
  const { listPaths } = await import('../sources/paths.ts');
  const { countInFiles } = await import('../sources/count-keywords.ts');
  const { files } = await listPaths([corpus], {
    cwd: io.cwd,
    env: io.env,
    noGitignore: true,
    exclude: [],
    include: [],
  });
  return countInFiles(keywordsOf(catalogue.rules), files, io.cwd);
}
