import type { Finding, Verdict } from '../model/finding.ts';
import type { VerifyRequest } from '../rules/rule.ts';
import { ask, type Guard, NoAnswer, type Question } from './ask.ts';

/** Sends a rule's own question about a secret and reads the answer as a verdict. Throws nothing: what fails is `unknown` with its reason. */
export async function checkDeclared(
  finding: Finding,
  request: VerifyRequest,
  guard: Guard,
): Promise<Verdict> {
  if (!finding.secret.known)
    return { state: 'unknown', reason: 'the secret is masked in this report: scan again with --verify' };
  try {
    const { status, body } = await ask(fillIn(request, finding), guard);
    const answer = request.answers.find(
      (answer) => answer.status.includes(status) && (!answer.body || new RegExp(answer.body).test(body)),
    );
    if (answer) return { state: answer.state };
    return {
      state: 'unknown',
      reason: `${new URL(request.url).hostname} answered ${status}, which decides nothing`,
    };
  } catch (error) {
    if (error instanceof NoAnswer) return { state: 'unknown', reason: error.message };
    throw error;
  }
}

/** The literal host of a rule's question. */
export function hostOf(request: VerifyRequest): string {
  return new URL(request.url).hostname;
}

/**
 * Puts the secret into the declared request: percent-encoded in the URL and in form bodies, JSON-escaped in JSON bodies,
 * as it is in headers. `{secret}` is the secret, `{id}` the pair's id, `{basic}` base64 of `id:secret` (RFC 7617).
 * @throws {NoAnswer} when the secret holds a line break or another control character and would stand in a header
 */
function fillIn({ method, url, headers = {}, body }: VerifyRequest, finding: Finding): Question {
  const secret = finding.secret.reveal();
  const id = finding.pair?.id ?? String(finding.facts.id ?? '');
  const parts: Record<string, string> = {
    secret,
    id,
    basic: Buffer.from(`${id}:${secret}`).toString('base64'),
  };
  const fill = (text: string, encode: (part: string) => string) =>
    text.replace(/\{(secret|id|basic)\}/g, (_, name: string) => encode(parts[name]));
  const filled: Record<string, string> = { 'user-agent': 'unleak', accept: 'application/json' };
  for (const [name, value] of Object.entries(headers)) filled[name.toLowerCase()] = fill(value, inHeader);
  const type = filled['content-type'] ?? '';
  const encode = /json/.test(type)
    ? inJson
    : /form-urlencoded/.test(type)
      ? encodeURIComponent
      : (part: string) => part;
  return { method, url: fill(url, encodeURIComponent), headers: filled, body: body && fill(body, encode) };
}

function inHeader(part: string): string {
  if (/[^\x20-\x7e]/.test(part)) throw new NoAnswer('the secret holds characters that no header can carry');
  return part;
}

function inJson(part: string): string {
  return JSON.stringify(part).slice(1, -1);
}
