import { describe, expect, test } from 'vitest';
import { BlobScanner } from '../../src/engine/blob-scanner.ts';
import { Scanner } from '../../src/engine/scanner.ts';
import { builtInRules } from '../../src/rules/catalogue.ts';
import { expandTemplate } from '../../src/rules/templates.ts';

const scanner = new BlobScanner(new Scanner(builtInRules()), { now: 0 });

/** Rule and confidence of each finding in a template's text. */
function find(template: string, path: string): string[] {
  return scanner
    .scanBytes(path, Buffer.from(expandTemplate(template, 11)))
    .map(({ rule, confidence }) => (confidence === 'low' ? `${rule} (low)` : rule));
}

describe('a random value is the key of the service that is named', () => {
  test.each([
    ['in an env file', 'ABYSSALE_API_KEY={hex:32}', 'deploy/.env.production'],
    ['in a shell script', 'export ABYSSALE_TOKEN="{base62:20}"', 'run.sh'],
    ['in camel case', 'const abyssaleApiKey = "{uuid}";', 'src/client.ts'],
    ['in Pascal case', 'AbyssaleKey: "{hex:32}",', 'config.go'],
    ['in kebab case', 'abyssale-api-key: {base36:24}', 'app.yml'],
    ['with dots', 'abyssale.api.key={hex:40}', 'application.properties'],
    ['in one word', 'ABYSSALEAPIKEY={hex:32}', 'app.conf'],
    ['among other words', 'MY_PROD_ABYSSALE_SECRET_KEY={base62:32}', 'app.conf'],
    ['in a header', 'curl -H "x-abyssale-key: {hex:32}" $URL', 'call.sh'],
    ['in JSON', '{"abyssaleToken": "{uuid}"}', 'config.json'],
    ['by the word before', "abyssale token = '{hex:32}'", 'notes.conf'],
    ['by two words before', 'Abyssale API key: {base62:40}', 'deploy.txt'],
    ['in an index', 'config["abyssale"]["token"] = "{hex:32}"', 'conf.py'],
    ['in a constructor', "new Abyssale({ apiKey: '{uuid}' })", 'src/a.js'],
    ['in a call', 'abyssale.setApiKey("{hex:32}");', 'App.java'],
    ['in a query', 'https://api.abyssale.com/v2/images?api_key={hex:32}', 'src/a.py'],
    ['later in a query', "fetch('https://api.abyssale.com/v2?w=3&key={hex:32}')", 'src/a.js'],
    ['beside its URL', 'POST https://api.abyssale.com/v2\nAuthorization: Bearer {base62:40}', 'a.http'],
    ['before its URL', 'headers = {"x-api-key": "{hex:32}"}\nurl = "https://api.abyssale.com/v2"', 'a.py'],
    ['beside its host', 'GET /v2 HTTP/1.1\nHost: api.abyssale.com\nX-Api-Key: {hex:32}', 'a.http'],
    ['in its YAML', 'abyssale:\n  region: eu\n  api_key: {hex:32}', 'app.yml'],
    ['in its JSON', '{\n  "abyssale": {\n    "token": "{hex:40}"\n  }\n}', 'app.json'],
    ['in its section', '[abyssale]\nsecret = {base62:32}', 'app.ini'],
    ['in its element', '<abyssale>\n  <token>{hex:32}</token>\n</abyssale>', 'app.xml'],
    ['in a call with other arguments', 'acct = abyssale.Client(id="{base62:8}", secret="{hex:32}")', 'a.py'],
    [
      'in a call of many lines',
      'const c = new Abyssale({\n  region: "eu",\n  apiKey: "{hex:32}",\n})',
      'a.js',
    ],
    ['in a comment above', '// abyssale\nkey = "{hex:32}"', 'a.js'],
    ['in a comment behind', 'api_key = "{hex:32}"  # abyssale', 'a.py'],
    ['in the heading of its lines', '# Abyssale credentials\nREGION=eu\nAPI_KEY={base62:32}', 'app.conf'],
    ['below a comment with its name', '// Abyssale, production\nkey = "{hex:32}"', 'a.conf'],
    ['in percent escapes', 'q=abyssale_key%3D{hex:32}%26x%3D1', 'a.log'],
  ])('%s', (_, template, path) => {
    expect(find(template, path)).toEqual(['abyssale-api-key']);
  });
});

describe('a service named by a word of the language', () => {
  test.each([
    ['needs more than the word', 'FLOAT_API_KEY={hex:32}', 'app.conf', ['float-api-token']],
    ['is known by its host', 'https://api.float.com/v3?token={hex:32}', 'a.py', ['float-api-token']],
    ['is not in the word alone', 'float_token = "{base62:40}"', 'app.conf', ['generic-secret']],
    ['is not in a host of another', 'https://float.corp.io/v3?token={base62:40}', 'a.py', ['generic-secret']],
  ])('%s', (_, template, path, found) => {
    expect(find(template, path)).toEqual(found);
  });
});

describe('a name that is not the value’s own does not name it', () => {
  test.each([
    ['another name near a URL', 'URL=https://api.abyssale.com\nPAYROLL_TOKEN={base62:40}', 'app.conf'],
    [
      'another URL on the line',
      '# https://abyssale.com\ncurl https://corp.io -H "X-Auth-Token: {base62:40}"',
      'a.sh',
    ],
    ['a URL far away', `https://api.abyssale.com\n${'\n'.repeat(9)}api_token = "{base62:40}"`, 'a.conf'],
    ['a comment above other lines', '# abyssale\nstart()\ntoken = "{base62:40}"', 'a.conf'],
    ['a section that ended', 'abyssale:\n  region: eu\nmailer:\n  api_key: {base62:40}', 'app.yml'],
    ['a longer word', 'ABYSSALES_TOKEN={base62:40}', 'app.conf'],
  ])('%s', (_, template, path) => {
    expect(find(template, path)).toEqual(['generic-secret']);
  });
});

describe('beside a service’s name nothing is found in', () => {
  test.each([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's reference
    ['a reference', 'ABYSSALE_API_KEY=${ABYSSALE_API_KEY}', 'app.conf'],
    ['a lookup', 'const abyssaleKey = process.env.ABYSSALE_API_KEY;', 'a.ts'],
    ['a call', 'abyssale_key = get_secret("abyssale")', 'a.py'],
    ['a template', 'abyssale_api_key: {{ vault.abyssale }}', 'a.yml'],
    ['a placeholder', 'abyssale_api_key = "your-abyssale-api-key"', 'a.toml'],
    ['a mask', 'ABYSSALE_API_KEY={repeat:x:32}', 'app.conf'],
    ['a sequence', 'ABYSSALE_API_KEY=0123456789abcdef0123456789abcdef', 'app.conf'],
    ['words', 'abyssale_key: my-abyssale-secret-name', 'a.yml'],
    ['a hash of a package', '"abyssale": { "integrity": "sha512-{base64:86}==" }', 'package-lock.json'],
    ['a public key', 'abyssale_public_key = "{hex:32}"', 'a.toml'],
  ])('%s', (_, template, path) => {
    expect(find(template, path)).toEqual([]);
  });

  test('a made-up value of a test, but at low confidence', () => {
    for (const found of find('const abyssaleKey = "{hex:32}";', 'test/client.test.ts'))
      expect(found).toMatch(/\(low\)$/);
  });
});

test('a vendor’s own rule wins over a service’s name', () => {
  expect(find('ABYSSALE_TOKEN=ghp_{base62:30}{crc32}', 'app.conf')).toEqual(['github-personal-access-token']);
});

test('a service that is left out leaves the finding to the generic rule', () => {
  const rules = builtInRules().map((rule) => ({ ...rule, ...(rule.services && { services: [] }) }));
  const plain = new BlobScanner(new Scanner(rules), { now: 0 });
  const text = expandTemplate('ABYSSALE_API_KEY={base62:40}', 3);
  expect(plain.scanBytes('a.conf', Buffer.from(text)).map(({ rule }) => rule)).toEqual(['generic-secret']);
});
