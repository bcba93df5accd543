import { describe, expect, it } from 'vitest';
import { compileRule } from '../../src/rules/compile-rule.ts';

const finds = (names: string[], text: string, caseless = false) => {
  const rule = compileRule({
    id: 'a-rule',
    title: 'A rule',
    severity: 'low',
    confidence: 'low',
    named: names,
    caseless,
    pattern: '(?<secret>[0-9]{8})',
    examples: { loud: ['x'], quiet: ['x'] },
  });
  return new RegExp(rule.pattern, rule.flags).exec(text)?.groups?.secret;
};

describe('a name with ^', () => {
  it.each([
    'ES_PASSWORD=40718263',
    '"esPassword": "40718263"',
    'DB_ES_PASSWORD: 40718263',
    'setEsPassword(40718263)',
    'myEsPassword = 40718263',
    '--es-password 40718263',
    '"x\\nES_PASSWORD=40718263"',
  ])('is found where a word begins: %s', (text) => {
    expect(finds(['^es_password'], text)).toBe('40718263');
  });

  it.each(['POSTGRES_PASSWORD=40718263', 'postgres_password: 40718263', '"postgresPassword": "40718263"'])(
    'is not found within a word: %s',
    (text) => {
      expect(finds(['^es_password'], text)).toBeUndefined();
      expect(finds(['es_password'], text)).toBe('40718263');
    },
  );

  it('asks for no letter before it where case does not matter', () => {
    expect(finds(['^hapikey'], 'pushApiKey=40718263', true)).toBeUndefined();
    expect(finds(['^hapikey'], 'x_HAPIKEY=40718263', true)).toBe('40718263');
  });

  it('gives the same keyword as without', () => {
    const rule = compileRule({
      id: 'a-rule',
      title: 'A rule',
      severity: 'low',
      confidence: 'low',
      named: ['^acme_key'],
      pattern: '(?<secret>[0-9]{8})',
      examples: { loud: ['x'], quiet: ['x'] },
    });
    expect(rule.keywords).toEqual(['acme']);
  });
});
