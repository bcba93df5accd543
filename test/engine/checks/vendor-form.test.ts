import { describe, expect, it } from 'vitest';
import { BlobScanner } from '../../../src/engine/blob-scanner.ts';
import { findVendorPrefix, isVendorName } from '../../../src/engine/checks/vendor-form.ts';
import { Scanner } from '../../../src/engine/scanner.ts';
import { builtInRules } from '../../../src/rules/catalogue.ts';

const scanner = new BlobScanner(new Scanner(builtInRules()), { now: 0 });

function confidence(text: string, path = 'app/client.py'): string[] {
  return scanner.scanBytes(path, Buffer.from(text)).map((detection) => detection.confidence);
}

const HEX = '9f3a61c07be24d58a1f06c37e92b4d85';
const TEXT = 'V9kCInjhv5Q0rQpUBeAmysGgXlD8p4';

describe('the vendor of a token is told', () => {
  it.each(['ghp_', 'glpat-', 'hf_', 'SG.', 'npm_', 'sk_live_', 'dop_v1_'])('by its prefix %s', (prefix) => {
    expect(findVendorPrefix(`${prefix}${TEXT}`)).toBe(prefix);
  });

  it.each(['client_', 'api_', 'key-', 'sandbox_', 'my_', 'secret-'])('not by %s', (prefix) => {
    expect(findVendorPrefix(`${prefix}${TEXT}`)).toBeUndefined();
  });

  it('by the name of a variable, where it names more than a kind of secret', () => {
    expect(['DD_API_KEY', 'datadogApiKey', 'DATADOG_API_KEY'].filter(isVendorName)).toHaveLength(3);
    expect(['SECRET_KEY', 'API_KEY', 'JWT_SECRET', 'oauth_token'].filter(isVendorName)).toEqual([]);
  });
});

describe('a value with a vendor and not the form of its tokens is of low confidence', () => {
  it.each([
    ['cut', `GITHUB_TOKEN = "ghp_${TEXT.slice(0, 16)}"`],
    ['too long', `GITHUB_TOKEN = "ghp_${TEXT}${TEXT}"`],
    ['of other letters', `NPM_TOKEN = "npm_${TEXT.slice(0, 20)}!${TEXT.slice(0, 15)}"`],
    ['of another length than those of its name', `DD_API_KEY = "${HEX.slice(0, 20)}"`],
  ])('%s', (_, text) => {
    expect(confidence(text).filter((level) => level !== 'low')).toEqual([]);
  });

  it('and the whole one is not', () => {
    expect(confidence(`DD_API_KEY = "${HEX}"`)).toEqual(['high']);
    expect(confidence(`API_KEY = "${HEX}"`)).not.toContain('low');
  });
});
