import { describe, expect, it } from 'vitest';
import { BlobScanner } from '../../src/engine/blob-scanner.ts';
import { Scanner } from '../../src/engine/scanner.ts';
import { builtInRules } from '../../src/rules/catalogue.ts';
import { expandTemplate } from '../../src/rules/templates.ts';
import { AWS_CONTEXTS, type AwsContext } from './aws-contexts.ts';
import { MORE_AWS_CONTEXTS } from './aws-contexts-more.ts';

const scanner = new BlobScanner(new Scanner(builtInRules()), { now: Date.UTC(2026, 0, 1) });
const PAIRS = 8;

interface Filled {
  bytes: Buffer;
  id: string;
  secret: string;
  line: number;
  /** Where the id stands as it is. */
  idLine?: number;
}

function fill({ text, temporary }: AwsContext, seed: number): Filled {
  const prefix = temporary ? 'ASIA' : 'AKIA';
  const id = expandTemplate(`{aws-id:${prefix}}`, seed);
  const secret = expandTemplate('{aws-secret}', seed);
  const wide = /^UTF16\(([\s\S]*)\)$/.exec(text);
  const filled = (wide ? wide[1] : text)
    .replaceAll('OTHERID', expandTemplate('{aws-id:AKIA}x', seed + 1000).slice(0, 20))
    .replaceAll('OTHERSECRET', expandTemplate('{aws-secret}', seed + 1000))
    .replace('TOKEN', expandTemplate('IQoJb3JpZ2luX2Vj{base64:400}', seed))
    .replaceAll(/HEAD\((ID|SECRET)\)/g, (_, what) => half(what === 'ID' ? id : secret, 0))
    .replaceAll(/TAIL\((ID|SECRET)\)/g, (_, what) => half(what === 'ID' ? id : secret, 1))
    .replace(/(?<![A-Z])JSON\(SECRET\)/, secret.replaceAll('/', '\\/'))
    .replace('URL(SECRET)', encodeURIComponent(secret))
    .replace('XML(SECRET)', toEntities(secret))
    .replaceAll(/(?<![A-Za-z_-]|[Kk]ey )ID(?![A-Za-z_])/g, id)
    .replaceAll('SECRET', (found, at, whole) =>
      /[A-Z_]$/.test(whole.slice(Math.max(0, at - 1), at)) || /^[A-Z_]/.test(whole.slice(at + 6))
        ? found
        : secret,
    )
    .replaceAll(/B64\(([\s\S]*?)\)(?=["\n])/g, (_, inner) => Buffer.from(inner).toString('base64'));
  const bytes = wide ? Buffer.from(`\ufeff${filled}`, 'utf16le') : Buffer.from(filled);
  const forms = [
    secret,
    half(secret, 0),
    encodeURIComponent(secret),
    secret.replaceAll('/', '\\/'),
    toEntities(secret),
    Buffer.from(secret).toString('base64'),
  ];
  const marker = forms.find((form) => filled.includes(form));
  const line = marker ? filled.slice(0, filled.indexOf(marker)).split('\n').length : 1;
  const idAt = filled.indexOf(id);
  const idLine = idAt < 0 ? undefined : filled.slice(0, idAt).split('\n').length;
  return { bytes, id, secret, line, idLine };
}

function toEntities(text: string): string {
  return text.replaceAll('+', '&#43;').replaceAll('/', '&#x2F;');
}

function half(text: string, part: 0 | 1): string {
  return part === 0 ? text.slice(0, text.length >> 1) : text.slice(text.length >> 1);
}

describe('an AWS pair is found whole, at the line of its secret, in', () => {
  it.each([...AWS_CONTEXTS, ...MORE_AWS_CONTEXTS])('$name', (context) => {
    for (let seed = 1; seed <= PAIRS; seed++) {
      const { bytes, id, secret, line, idLine } = fill(context, seed);
      const found = scanner.scanBytes(context.path, bytes);
      const pair = found.find((detection) => detection.pair?.id === id);
      const seen = found.map((d) => `${d.rule} ${d.pair ? `${d.pair.id} + ` : ''}${d.secret} line ${d.line}`);
      expect(pair?.pair?.secret, `${bytes.toString('latin1')}\n${seen.join('\n')}`).toBe(secret);
      expect(pair?.line).toBe(line);
      if (idLine) expect(pair?.pair?.idLine).toBe(idLine);
      expect(pair?.facts).toMatchObject({
        keyId: id,
        generation: 'new',
        accountId: expect.stringMatching(/^\d{12}$/),
      });
      if (context.temporary) expect(pair?.pair?.token).toMatch(/^IQoJ/);
      expect(found.filter((d) => d.secret === secret)).toHaveLength(1);
    }
  });
});

describe('AWS is not seen in', () => {
  const decoys: [name: string, path: string, template: string][] = [
    [
      'documented examples',
      'README.md',
      'aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n',
    ],
    [
      'an example of the API models',
      'api.json',
      '{"AccessKeyId": "AKIAI44QH8DHBEXAMPLE", "SecretAccessKey": "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"}',
    ],
    [
      'placeholders',
      '.env',
      'AWS_ACCESS_KEY_ID=AKIAXXXXXXXXXXXXXXXX\nAWS_SECRET_ACCESS_KEY=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n',
    ],
    [
      'references',
      'ci.yml',
      `AWS_ACCESS_KEY_ID: \${{ secrets.AWS_ACCESS_KEY_ID }}\nAWS_SECRET_ACCESS_KEY: \${{ secrets.AWS_SECRET_ACCESS_KEY }}\n`,
    ],
    [
      'a lockfile',
      'package-lock.json',
      '"integrity": "sha512-{base64:86}=="\n"resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz#{hex:40}"\n',
    ],
    ['a list of commits', 'log.txt', 'commit {hex:40}\ncommit {hex:40}\n'],
    ['an id with an impossible account', 'a.txt', 'AKIA7{base32:15}'],
    ['an id of an old generation that was never issued', 'a.txt', 'AKIAL{base32:15}'],
    ['a longer word', 'a.txt', 'XAKIA{base32:16} {aws-id:AKIA}Q'],
    ['a LocalStack key', 'a.env', 'AWS_ACCESS_KEY_ID=LKIAQAAAAAAAGMKEM7X5\n'],
    ['role and user ids', 'a.json', '{"RoleId": "AROA{base32:17}", "UserId": "AIDA{base32:17}"}'],
  ];
  it.each(decoys)('%s', (_, path, template) => {
    for (let seed = 1; seed <= PAIRS; seed++) {
      const text = expandTemplate(template, seed);
      const found = scanner.scanBytes(path, Buffer.from(text)).filter((d) => d.rule.startsWith('aws-'));
      expect(found.map((d) => `${d.rule} ${d.secret}`)).toEqual([]);
    }
  });

  it.each([
    [
      'MinIO',
      'endpoint_url = https://minio.internal:9000\naws_access_key_id = {upnum:20}\naws_secret_access_key = {aws-secret}\n',
    ],
    [
      'Wasabi',
      'host_base = s3.eu-central-1.wasabisys.com\naccess_key = {upnum:20}\nsecret_key = {aws-secret}\n',
    ],
    [
      'R2',
      'AWS_ENDPOINT_URL=https://{hex:32}.r2.cloudflarestorage.com\nAWS_ACCESS_KEY_ID={hex:32}\nAWS_SECRET_ACCESS_KEY={hex:64}\n',
    ],
    [
      'Spaces',
      '{"endpoint": "fra1.digitaloceanspaces.com", "accessKeyId": "DO00{upnum:16}", "secretAccessKey": "{base64:43}"}',
    ],
  ])('the keys of %s, which are no AWS pair', (_, template) => {
    for (let seed = 1; seed <= PAIRS; seed++) {
      const found = scanner.scanBytes('config', Buffer.from(expandTemplate(template, seed)));
      expect(found.filter((d) => d.rule.startsWith('aws-') || d.pair).map((d) => d.rule)).toEqual([]);
    }
  });

  it.each([
    [
      'the last line of a certificate',
      '{base64:64}\n{base64:64}\n{base64:38}aB\n-----END CERTIFICATE-----\n',
    ],
    ['the last line of an attachment', '\n{base64:76}\n{base64:76}\n{base64:38}aB\n'],
    ['a path', 'WORK=/home/Jenkins/workspace/Deploy2/build/ou\n'],
    ['a path labelled as that of a secret', 'SECRET_NAME=prod/Reports/2024/Quarter/Summary/Fin1\n'],
    ['a name in camel case', 'String name = "getUserAccountInformationFromS3BucketABC";\n'],
    ['a part of a JSON Web Token', 'Bearer eyJhbGciOiJIUzI1NiJ9.{base64url:38}aB.{base64url:43}\n'],
    ['a hash of a lockfile', 'github.com/a/b v1.0.0 h1:{base64:43}=\n'],
    ['an integrity of a script', '<script integrity="sha384-{base64:64}"></script>\n'],
    ['a public key', 'ssh-rsa AAAAB3NzaC1yc2E{base64:300} me@host\n'],
    ['the ids of a request', 'x-amz-id-2: {base64:75}= HostId {base64:56}\n'],
    ['a signature of the old version', 'Signature={base64:27}=\n'],
    ['the documented secret', 'secret = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n'],
    ['a sequence', 'secret = ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn\n'],
  ])('a pair of an id and %s', (_, template) => {
    for (let seed = 1; seed <= PAIRS; seed++) {
      const text = expandTemplate(`aws_access_key_id = {aws-id:AKIA}\n${template}`, seed);
      const found = scanner.scanBytes('notes.txt', Buffer.from(text));
      expect(found.filter((d) => d.pair).map((d) => d.pair)).toEqual([]);
      expect(found.filter((d) => d.rule === 'aws-access-key')).toHaveLength(1);
    }
  });

  it('a pair whose id stands beside a SHA-1 and no secret', () => {
    for (let seed = 1; seed <= PAIRS; seed++) {
      const text = expandTemplate(
        'id: {aws-id:AKIA}\ncommit: {hex:40}\nintegrity: sha1-{base64:27}=\n',
        seed,
      );
      const found = scanner.scanBytes('a.yml', Buffer.from(text));
      expect(found.filter((d) => d.pair)).toEqual([]);
      expect(found.filter((d) => d.rule === 'aws-access-key')).toHaveLength(1);
    }
  });
});

describe('of three pairs each id gets its own secret in', () => {
  it.each([
    [
      'profiles',
      '.aws/credentials',
      (pairs: Pair[]) =>
        pairs
          .map(({ id, secret }, i) => `[p${i}]\naws_access_key_id=${id}\naws_secret_access_key=${secret}\n`)
          .join('\n'),
    ],
    [
      'profiles with the secret first',
      '.aws/credentials',
      (pairs: Pair[]) =>
        pairs
          .map(({ id, secret }, i) => `[p${i}]\naws_secret_access_key=${secret}\naws_access_key_id=${id}\n`)
          .join(''),
    ],
    [
      'objects',
      'keys.json',
      (pairs: Pair[]) =>
        JSON.stringify(pairs.map(({ id, secret }) => ({ AccessKeyId: id, SecretAccessKey: secret }))),
    ],
    [
      'objects with the secret first',
      'keys.json',
      (pairs: Pair[]) =>
        JSON.stringify(
          pairs.map(({ id, secret }) => ({ secretKey: secret, accessKey: id })),
          null,
          2,
        ),
    ],
    [
      'rows',
      'keys.csv',
      (pairs: Pair[]) =>
        `User,Access key ID,Secret access key\n${pairs.map(({ id, secret }, i) => `u${i},${id},${secret}`).join('\n')}\n`,
    ],
    [
      'numbered names',
      '.env',
      (pairs: Pair[]) =>
        [
          ...pairs.map(({ id }, i) => `AWS_ACCESS_KEY_ID_${i + 1}=${id}`),
          ...pairs.map(({ secret }, i) => `AWS_SECRET_ACCESS_KEY_${i + 1}=${secret}`),
        ].join('\n'),
    ],
    [
      'names of environments in another order',
      'vars.tf',
      (pairs: Pair[]) => {
        const names = ['dev', 'stage', 'prod'];
        return [
          ...pairs.map(({ id }, i) => `${names[i]}_access_key = "${id}"`),
          ...pairs.map(({ secret }, i) => `${names[i]}_secret_key = "${secret}"`).reverse(),
        ].join('\n');
      },
    ],
    [
      'calls',
      'a.py',
      (pairs: Pair[]) =>
        pairs
          .map(
            ({ id, secret }, i) =>
              `c${i} = boto3.client('s3', aws_access_key_id='${id}', aws_secret_access_key='${secret}')`,
          )
          .join('\n'),
    ],
    [
      'nested YAML',
      'values.yaml',
      (pairs: Pair[]) =>
        pairs
          .map(
            ({ id, secret }, i) =>
              `env${i}:\n  s3:\n    accessKey: ${id}\n    secretKey: ${secret}\n    bucket: b${i}`,
          )
          .join('\n'),
    ],
  ])('%s', (_, path, write) => {
    for (let seed = 1; seed <= PAIRS; seed++) {
      const pairs = [1, 2, 3].map((n) => ({
        id: expandTemplate('{aws-id:AKIA}', seed * 10 + n),
        secret: expandTemplate('{aws-secret}', seed * 10 + n),
      }));
      const found = scanner.scanBytes(path, Buffer.from(write(pairs))).filter((d) => d.pair);
      const seen = found.map(({ pair }) => ({ id: pair!.id, secret: pair!.secret }));
      const byId = (a: Pair, b: Pair) => (a.id < b.id ? -1 : 1);
      expect(seen.sort(byId), write(pairs)).toEqual([...pairs].sort(byId));
    }
  });
});

interface Pair {
  id: string;
  secret: string;
}

describe('what a key id and a token say by themselves', () => {
  it.each([
    ['ASIA', 'Y34FZKBOKMUTVV7A', '609629065308'],
    ['ASIA', 'QNZGKIQY56JQ7WML', '029608264753'],
    ['AKIA', 'XYZDQCEN4B6JSJQI', '534261010715'],
    ['AKIA', '6RVFFB77RE7OLMKI', '999999999999'],
  ])('%s%s belongs to account %s', (prefix, body, accountId) => {
    const id = prefix + body;
    const [found] = scanner.scanBytes('a', Buffer.from(`key: ${id}\n`));
    expect(found.facts).toMatchObject({ keyId: id, accountId, partition: 'aws' });
    expect(found.facts.canary === true).toBe(accountId === '534261010715');
  });

  it('a region near by tells the partition', () => {
    const text = expandTemplate(
      'region = cn-north-1\naws_access_key_id = {aws-id:AKIA}\naws_secret_access_key = {aws-secret}\n',
      1,
    );
    expect(scanner.scanBytes('a', Buffer.from(text))[0].facts.partition).toBe('aws-cn');
  });

  it('a presigned URL tells its end, from which on it is expired', () => {
    const url = (date: string) =>
      expandTemplate(
        `https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={aws-id:AKIA:534261010714}%2F${date}%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=${date}T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature={hex:64}`,
        1,
      );
    const facts = (date: string) => scanner.scanBytes('a', Buffer.from(url(date)))[0].facts;
    expect(facts('20251231')).toMatchObject({
      expires: '2026-01-01T00:00:00.000Z',
      region: 'eu-west-1',
      accountId: '534261010714',
    });
    expect(facts('20251231').expired).toBeUndefined();
    expect(facts('20251230').expired).toBe(true);
  });

  it('a presigned URL whose credential is of another day than its date tells no end', () => {
    const url =
      'https://b.example/k?X-Amz-Credential={aws-id:AKIA}%2F20251229%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20251230T000000Z&X-Amz-Expires=60&X-Amz-Signature={hex:64}';
    const [{ facts }] = scanner.scanBytes('a', Buffer.from(expandTemplate(url, 1)));
    expect(facts.expires).toBeUndefined();
    expect(facts.expired).toBeUndefined();
  });

  describe('a presigned URL is expired', () => {
    const signed = (host: string, before: string, after: string) =>
      expandTemplate(
        `https://${host}/k?${before}X-Amz-Credential={aws-id:AKIA}%2F20251230%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-SignedHeaders=host&X-Amz-Signature={hex:64}${after}`,
        1,
      );
    const [date, lifetime, token] = [
      'X-Amz-Date=20251230T000000Z',
      'X-Amz-Expires=86400',
      `X-Amz-Security-Token=${'x'.repeat(1500)}`,
    ];
    const facts = (text: string) => scanner.scanBytes('a', Buffer.from(text)).map((found) => found.facts);

    it.each([
      ['date and lifetime stand first', signed('a.example', `${date}&${lifetime}&`, '')],
      ['a session token stands between', signed('a.example', `${date}&${lifetime}&${token}&`, '')],
      ['they stand last', signed('a.example', '', `&${lifetime}&${date}`)],
      ['one stands before and one behind', signed('a.example', `${lifetime}&`, `&${date}`)],
    ])('also when %s, in a link, XML and JSON', (_, url) => {
      for (const text of [`<${url}>`, `"${url.replaceAll('&', '&amp;')}"`, JSON.stringify({ url })])
        expect(facts(text)).toMatchObject([{ expires: '2025-12-31T00:00:00.000Z', expired: true }]);
    });

    it('but not by the date of the URL beside it', () => {
      const old = signed('a.example', `${date}&${lifetime}&`, '');
      const open = signed('b.example', '', '');
      for (const text of [`${old} ${open}`, `${old},${open}`, `"${old}","${open}"`])
        expect(facts(text).map(({ expired }) => expired)).toEqual([true, undefined]);
    });
  });
});
