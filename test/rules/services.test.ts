import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { builtInCatalogue, builtInNames, builtInRules } from '../../src/rules/catalogue.ts';
import { loadRules } from '../../src/rules/load.ts';
import { loadServices } from '../../src/rules/load-services.ts';
import { idsOf } from '../../src/rules/rule-index.ts';
import { foldName, isHost, serviceExamples, shapePattern } from '../../src/rules/service.ts';
import { expandTemplate } from '../../src/rules/templates.ts';

const files = readdirSync('rules/services').map((name) => ({
  name: `rules/services/${name}`,
  text: readFileSync(`rules/services/${name}`, 'utf8'),
}));
const services = loadServices(files);

describe('the table of services', () => {
  test('has what was built into the bundle, each once', () => {
    const ids = services.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(builtInNames().map(({ id }) => id)).toEqual(ids);
    expect(ids.length).toBeGreaterThan(500);
  });

  test('leads from each name to one service, however it is written', () => {
    const owners = new Map<string, Set<string>>();
    for (const { id, names } of services) {
      for (const name of names) {
        const folded = isHost(name) ? name : foldName(name);
        owners.set(folded, (owners.get(folded) ?? new Set()).add(id));
      }
    }
    expect([...owners].filter(([, ids]) => ids.size > 1)).toEqual([]);
    expect(
      builtInNames()
        .flatMap(({ keys }) => keys)
        .sort(),
    ).toEqual([...owners.keys()].sort());
  });

  test('has no word of the language or of programming alone for a name', () => {
    const words = new Set(
      ['american-english.txt', 'identifiers.txt'].flatMap((name) =>
        readFileSync(`build/words/${name}`, 'utf8').split(/\s+/),
      ),
    );
    expect(words.has('zone')).toBe(true);
    const names = services.flatMap((service) => service.names);
    expect(names.filter((name) => words.has(name))).toEqual([]);
  });

  test('repeats no id of a rule', () => {
    const rules = new Set(builtInRules().map(({ id }) => id));
    expect(services.map(({ id }) => id).filter((id) => rules.has(id))).toEqual([]);
  });

  test('gives each service what people need of a rule', () => {
    const { rules, details, examples } = builtInCatalogue();
    expect(details.map(({ id }) => id)).toEqual(rules.map(({ id }) => id));
    expect(examples.map(({ id }) => id)).toEqual(rules.map(({ id }) => id));
    expect(new Set(idsOf(builtInRules()))).toEqual(new Set(rules.map(({ id }) => id)));
    const abyssale = details.find(({ id }) => id === 'abyssale-api-key');
    expect(abyssale).toMatchObject({ title: 'Abyssale API key', vendor: 'Abyssale' });
    expect(abyssale?.respond?.steps[0]).toBe('Revoke the API key in the Abyssale account, and issue another');
  });
});

const entry = (more: string) =>
  `opens: data\nseverity: low\nservices:\n  - { id: acme-api-key, vendor: Acme, names: [acme], docs: https://acme.example${more} }\n`;

describe('a mistake in the table is told with its line', () => {
  test.each([
    [entry(', shpae: uuid'), /^a\.yaml:4: unknown key shpae: did you mean shape\?$/],
    [entry(', shape: long'), /^a\.yaml:4: services\.shape: a shape is uuid, or/],
    [entry('').replace('[acme]', '[Acme]'), /^a\.yaml:4: services\.names: a name is four characters or more/],
    [entry('').replace('https:', 'http:'), /^a\.yaml:4: services\.docs/],
    [entry('').replace('acme-api-key', 'acme'), /^a\.yaml:4: service acme: its id ends in none of api-key/],
    [
      entry('') + entry('').split('\n')[3],
      /^a\.yaml:5: service acme-api-key: the id exists already in a\.yaml:4/,
    ],
    [
      `${entry('')}  - { id: acme-token, vendor: B, names: [ac_me], docs: https://b.example }\n`,
      /^a\.yaml:5: service acme-token: acme names acme-api-key already/,
    ],
    [
      `${entry('')}  - { id: aaa-token, vendor: B, names: [beta], docs: https://b.example }\n`,
      /^a\.yaml:5: service aaa-token: it stands after acme-api-key: keep them in order/,
    ],
  ])('%#', (text, message) => {
    expect(() => loadServices([{ name: 'a.yaml', text }])).toThrow(message);
  });

  test('and so is an id that a rule has', () => {
    expect(() => loadServices([{ name: 'a.yaml', text: entry('') }], ['acme-api-key'])).toThrow(
      /a\.yaml:4: service acme-api-key: the id exists already in rules/,
    );
  });

  test('and a rule of a user that wants to be named after services', () => {
    const rule =
      '{ id: a-b, title: A, severity: low, confidence: low, keywords: [abc], pattern: "(?<secret>abc)", services: true }';
    expect(() =>
      loadRules([{ name: 'o.yaml', text: `vendor: own\nrules:\n  - ${rule}\n` }], { own: true }),
    ).toThrow(/^o\.yaml:3: rule a-b: services is for the built-in rules/);
  });
});

test.each(['hex:32', 'HEX:24', 'base62:40', 'base36:20-30', 'upnum:16', 'base64url:43', 'uuid'])(
  'a value generated for the shape %s has it',
  (shape) => {
    for (let seed = 0; seed < 50; seed++) {
      const value = expandTemplate(`{${shape}}`, seed);
      expect(value).toMatch(shapePattern(shape));
      expect(`${value}-`).not.toMatch(shapePattern(shape));
    }
  },
);

test('every place of the examples is proved by some service', () => {
  const places = new Set(services.flatMap((one) => serviceExamples(one).loud.map(({ path }) => path)));
  expect([...places].sort()).toEqual(
    [
      'config/app.json',
      'deploy.sh',
      'deploy/app.conf',
      'items.http',
      'src/client.js',
      'src/client.ts',
    ].sort(),
  );
});
