import { describe, expect, it } from 'vitest';
import { CHECKSUMS } from '../../../src/engine/checks/checksums.ts';
import { expandTemplate } from '../../../src/rules/templates.ts';

/** Tokens that vendors publish as examples of their own checksums, joined here so that no scanner takes them for live ones. */
const PUBLISHED = [
  // https://handbook.gitlab.com/handbook/engineering/architecture/design-documents/cells/routable_tokens/
  { checksum: 'gitlab-routable', token: `bzoxd_Rb5_cHeWe1JH56wr2FCBA${'.'}0r${'1pum4t4'}` },
  // https://github.com/grafana/grafana/blob/main/pkg/components/satokengen/tokengen_test.go
  { checksum: 'grafana-crc32', token: `gl${'sa_'}iNValIdinValiDinvalidinvalidinva_${'5b582697'}` },
];

describe('a checksum that a vendor builds into its tokens', () => {
  it.each(PUBLISHED)('$checksum holds for the published example', ({ checksum, token }) => {
    expect(CHECKSUMS[checksum](token)).toBe(true);
  });

  it.each(PUBLISHED)('$checksum fails when any one character changes', ({ checksum, token }) => {
    for (let at = 0; at < token.length; at++) {
      if (!/[A-Za-z0-9]/.test(token[at])) continue;
      const other = token[at] === 'q' ? 'w' : 'q';
      expect(CHECKSUMS[checksum](token.slice(0, at) + other + token.slice(at + 1))).toBe(false);
    }
  });

  it('gitlab-routable leaves the older tokens alone, which carry none', () => {
    expect(CHECKSUMS['gitlab-routable'](expandTemplate('glpat-{base62:20}', 1))).toBe(true);
  });

  it('github-installation asks the classic form for its checksum and the JWT form for none', () => {
    const holds = CHECKSUMS['github-installation'];
    expect(holds(expandTemplate('ghs_{base62:30}{crc32}', 1))).toBe(true);
    expect(holds(expandTemplate('ghs_{base62:35}+', 1))).toBe(false);
    expect(holds(expandTemplate('ghs_4711_{jwt}', 1))).toBe(true);
  });
});

describe('a template', () => {
  it('ends a GitLab token with the checksum that GitLab would give it', () => {
    const token = expandTemplate('glpat-{base64url:44}.01.18{crc32-base36:56}', 7);
    expect(CHECKSUMS['gitlab-routable'](token)).toBe(true);
    expect(token).toHaveLength(63);
  });

  it('ends a Grafana token with the checksum that Grafana would give it', () => {
    expect(CHECKSUMS['grafana-crc32'](expandTemplate('glsa_{base62:32}_{crc32-hex:37}', 7))).toBe(true);
  });
});
