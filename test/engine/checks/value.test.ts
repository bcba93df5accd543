import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlobScanner } from '../../../src/engine/blob-scanner.ts';
import { Scanner } from '../../../src/engine/scanner.ts';
import { builtInRules } from '../../../src/rules/catalogue.ts';

const rules = builtInRules().filter((rule) => rule.checks.value || rule.start);
const scanner = new BlobScanner(new Scanner(rules), { now: 0 });

/** What is found at the default confidence, low findings left out. */
function find(text: string, path: string): string[] {
  return scanner
    .scanBytes(path, Buffer.from(text))
    .filter((detection) => detection.confidence !== 'low')
    .map((detection) => detection.secret);
}

/** Random characters that repeat with the seed, so that no token stands in this file. */
function random(length: number, seed: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  let state = seed * 2654435761 + 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return alphabet[(state >>> 16) % alphabet.length];
  }).join('');
}

describe('a random value that is assigned to a telling name is found', () => {
  const value = random(24, 7);
  it.each([
    ['in Python', `db_password = "${value}"`, 'app/db.py'],
    ['in JavaScript', `const apiSecret = '${value}';`, 'src/api.js'],
    ['in Go', `ClientSecret: "${value}",`, 'config.go'],
    ['in Java', `private static final String API_TOKEN = "${value}";`, 'App.java'],
    ['in PHP', `'password' => '${value}',`, 'config/mail.php'],
    ['in YAML', `  client_secret: ${value}`, 'deploy/app.yml'],
    ['in TOML', `auth_token = "${value}"`, 'service.toml'],
    ['in an env file', `SESSION_SECRET=${value}`, '.env'],
    ['in JSON', `{"apiKey": "${value}"}`, 'config.json'],
    ['as name and value in JSON', `{"name": "DB_PASSWORD", "value": "${value}"}`, 'task.json'],
    ['as name and value in YAML', `- name: DB_PASSWORD\n  value: ${value}\n`, 'deploy.yaml'],
    ['in a property list', `<key>password</key>\n  <string>${value}</string>`, 'Info.plist'],
    ['in an XML attribute', `<add key="SmtpPassword" value="${value}" />`, 'smtp.xml'],
    ['in an XML element', `<password>${value}</password>`, 'pom.xml'],
    ['in a setter', `client.setPassword("${value}");`, 'Client.java'],
    ['in a dictionary', `conf["password"] = "${value}"`, 'conf.py'],
    ['in SQL', `CREATE USER app IDENTIFIED BY '${value}';`, 'init.sql'],
    ['on a command line', `mysqldump -u root -p${value} app`, 'backup.sh'],
    ['in a curl command', `curl -u deploy:${value} https://api.corp.io`, 'deploy.sh'],
    ['in a URL', `amqp://svc:${value}@mq.corp.io:5672/`, 'app.conf'],
    ['in PowerShell', `ConvertTo-SecureString "${value}" -AsPlainText -Force`, 'setup.ps1'],
    ['in a header', `Authorization: Bearer ${value}`, 'requests.http'],
  ])('%s', (_, text, path) => {
    expect(find(text, path)).toEqual([value]);
  });
});

describe('a weak password counts in a file that holds secrets', () => {
  it.each([
    ['hunter2', '.env', 'DB_PASSWORD=hunter2'],
    ['Passw0rd!', 'config/database.yml', '  password: Passw0rd!'],
    ['monkey', '.vscode/sftp.json', '  "password": "monkey",'],
    ['letmein', 'wp-config.php', "define('DB_PASSWORD', 'letmein');"],
    ['dragon', '.pgpass', 'db:5432:app:ann:dragon\n'],
  ])('%s in %s', (password, path, text) => {
    expect(find(text, path)).toEqual([password]);
  });
});

describe('what is no secret is quiet', () => {
  it.each([
    ['a placeholder', 'password = "changeme"', 'a.py'],
    ['a token cut short', `api_token = "${random(24, 7)}..."`, 'setup.py'],
    ['a reference', `password: \${DB_PASSWORD}`, '.env'],
    ['a template', 'password: {{ vault.password }}', 'values.yaml'],
    ['a lookup', 'password = os.environ["DB_PASSWORD"]', 'settings.py'],
    ['a call', 'token = createToken(user, secret)', 'auth.js'],
    ['a property', 'this.password = options.password;', 'user.ts'],
    ['a type', 'password: string;', 'user.ts'],
    ['a label', 'label.password: "Password"', 'en.yml'],
    ['a sentence', 'password.reset: "Your password was reset"', 'en.yml'],
    ['a path', 'private_key = "/etc/ssl/private/server.key"', 'nginx.toml'],
    ['a URL', 'token_uri = "https://oauth2.corp.io/token"', 'app.toml'],
    ['an integrity hash', `"integrity": "sha512-${random(86, 3)}=="`, 'package-lock.json'],
    ['a public key', `public_key = "${random(64, 5)}"`, 'app.conf'],
    ['a test word', 'password: "secret"', 'test/user_test.rb'],
    ['a lookalike in a test', 'password: "s3cr3t"', 'test/user_test.rb'],
    ['a CSRF token', `<input name="authenticity_token" value="${random(40, 9)}">`, 'form.html'],
    ['a CSS selector', 'input[type=password] { width: 10px }', 'app.css'],
    ['an encrypted vault', '$ANSIBLE_VAULT;1.1;AES256\n6436353764656435', 'secrets.yml'],
  ])('%s', (_, text, path) => {
    expect(find(text, path)).toEqual([]);
  });

  it('names that only hold a telling word', () => {
    for (const name of ['compass', 'keyboard', 'author', 'monkey', 'passenger'])
      expect(find(`${name} = "${random(20, 11)}"`, 'a.py')).toEqual([]);
  });
});

it('never throws and never finds what is not in the text', () => {
  const part = fc.constantFrom(
    'password',
    'token',
    '=',
    ': ',
    '"',
    "'",
    '\n',
    '(',
    ')',
    '<',
    '>',
    ',',
    ' ',
    'Xk29fLq',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string({ maxLength: 12 })), { maxLength: 60 }), (parts) => {
      const text = parts.join('');
      for (const secret of find(text, 'a.yml')) expect(Buffer.from(text).toString('utf8')).toContain(secret);
    }),
    { numRuns: 300 },
  );
});

it('keeps of a blob of unknown path all that it finds under some path', () => {
  const paths = ['a.py', 'test/a.py', 'docs/a.md', 'a.yml', 'run.sh', 'a.html', 'a.bin'];
  const name = fc.constantFrom('password', 'api_key', 'DB_PASS', 'secretToken');
  const value = fc.stringMatching(/^[A-Za-z0-9!_.-]{4,24}$/);
  // Rules of file starts wait for a file's name.
  const unnamed = new BlobScanner(new Scanner(rules.filter((rule) => !rule.start)), { now: 0 });
  fc.assert(
    fc.property(name, value, fc.constantFrom(' = "', ': ', "='"), (key, secret, sign) => {
      const text = `${key}${sign}${secret}${sign.endsWith('"') ? '"' : sign.endsWith("'") ? "'" : ''}\n`;
      const secrets = (path: string) => unnamed.scanBytes(path, Buffer.from(text)).map((d) => d.secret);
      const known = secrets('');
      for (const path of paths) for (const found of secrets(path)) expect(known).toContain(found);
    }),
    { numRuns: 300 },
  );
});

describe('a password that a person chose is found', () => {
  it.each([
    ['in a configuration of any name', 'deploy/service.yml', 'password: Hunter327?', 'Hunter327?'],
    [
      'in the address of a real host',
      'app/db.py',
      'URI = "mysql://app:GuitarMaggie2@db2.corp-data.io/shop"',
      'GuitarMaggie2',
    ],
    [
      'in one line of JSON',
      'env.postman_environment.json',
      '{"key":"password","value":"berlin-42"}',
      'berlin-42',
    ],
    ['in a call that signs', 'lib/auth.js', "jwt.sign({ id }, 'Monkey4252', {})", 'Monkey4252'],
  ])('%s', (_, path, text, password) => {
    expect(find(text, path)).toEqual([password]);
  });
});

describe('a note to the reader is no secret', () => {
  it.each([
    ['in base64', 'config.json', '{"password": "eW91ci1wYXNzd29yZC1oZXJl"}'],
    ['of which a part is hidden', 'config.py', 'API_KEY = "7gpaeV" [redacted]'],
    ['that names things', '.env', 'DB_PASSWORD="my-dropbox-secret-key"'],
    ['in Swedish', '.env', 'DB_PASSWORD=ditt_lösenord'],
    ['in Russian', '.env', 'DB_PASSWORD=введите_пароль'],
    ['between signs', 'settings.py', 'PASSWORD = "###ORACLE_PWD###"'],
    ['cut by a template', 'deploy.sh', 'curl -u ann:shpat_<token> https://api.corp.io'],
    ['that refers to another place', 'prod.tfvars', 'password = "random_password.db.result"'],
  ])('%s', (_, path, text) => {
    expect(find(text, path)).toEqual([]);
  });
});
