import { createHmac } from 'node:crypto';

/** Keys of tutorials, of tests and of jwt.io: what such a key signs opens nothing, or anybody can sign it. */
const GUESSABLE = [
  'secret',
  'a-secret',
  'secretkey',
  'secret-key',
  'secret_key',
  'secretKey',
  'mysecret',
  'my-secret',
  'my_secret',
  'mySecret',
  'my-secret-key',
  'supersecret',
  'super-secret',
  'super_secret',
  'shhhh',
  'shhhhh',
  'your-256-bit-secret',
  'your-384-bit-secret',
  'your-512-bit-secret',
  'your-secret',
  'your_secret',
  'your-secret-key',
  'a-string-secret-at-least-256-bits-long',
  'a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long',
  'password',
  'test',
  'testing',
  'test-secret',
  'testsecret',
  'test_secret',
  'key',
  'foo',
  'bar',
  'foobar',
  'hello',
  'qwerty',
  'changeme',
  'changeit',
  'jwt',
  'jwt-secret',
  'jwt_secret',
  'jwtsecret',
  'token',
  'admin',
  '123456',
  '12345678',
  '1234',
  'hmac-secret',
  'hmackey',
  'example',
  'keyboard cat',
  '',
];

/** Whether anybody could have signed the token: by a key that stands in tutorials, or by none. Its form is three base64url parts. */
export function isSignedByGuess(token: string): boolean {
  const [head, body, signature] = token.split('.');
  const bits = /"HS(256|384|512)"/.exec(Buffer.from(head, 'base64url').toString('latin1'))?.[1];
  if (!bits) return false;
  return GUESSABLE.some(
    (key) => createHmac(`sha${bits}`, key).update(`${head}.${body}`).digest('base64url') === signature,
  );
}

/** Whether the token's claims tell no user, issuer, time or right: such a token opens nothing. */
export function namesNobody(token: string): boolean {
  const claims = Buffer.from(token.split('.')[1], 'base64url').toString('utf8');
  return !/"(?:iss|sub|aud|exp|nbf|iat|jti|azp|scope|scp|roles?|\w*id|\w*user\w*|\w*name|email|org\w*|tenant\w*)"/i.test(
    claims,
  );
}
