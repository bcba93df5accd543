import { namesOf } from './compile-rule.ts';
import { loadRules, type RuleText } from './load.ts';
import { loadServices } from './load-services.ts';
import type { Catalogue, VendorForms } from './rule.ts';
import { type NamedService, namedService, type Service } from './service.ts';

/** What the build calls: the catalogue as data, ready to be written into the bundle. */
export function compileCatalogue(
  files: RuleText[],
  serviceFiles: RuleText[],
): Catalogue & { services: Service[]; names: NamedService[]; forms: VendorForms } {
  const catalogue = loadRules(files);
  const services = loadServices(
    serviceFiles,
    catalogue.rules.map((rule) => rule.id),
  );
  const ids = services.map((service) => service.id);
  for (const rule of catalogue.rules) if (rule.services) rule.services = ids;
  return { ...catalogue, services, names: services.map(namedService), forms: listForms(catalogue) };
}

/** What tells a token's vendor: its beginning, or the name that a rule knows it by. */
function listForms({ rules, details }: Catalogue): VendorForms {
  const vendors = new Map<string, Set<string>>();
  const vendorOf = new Map(details.map((detail) => [detail.id, detail.vendor]));
  const names: VendorForms['names'] = [];
  for (const { id, pattern, prefix, generic, paths, checks, keywords } of rules) {
    const source = namesOf(pattern);
    if (source && !paths) names.push([keywords, source]);
    // Where a structure decides, the pattern's text may be whole and still no token.
    if (generic || paths || checks.near || checks.structure) continue;
    // What the pattern demands at the secret's beginning may be more than a mask shows.
    const literal =
      /\(\?<secret>((?:[\w-]|\\[.-])+)(?![\w-]|\\[.-]|[?*{])/.exec(pattern)?.[1].replaceAll('\\', '') ?? '';
    for (const begin of new Set([prefix, literal])) {
      if (!TOKEN_PREFIX.test(begin) || begin.split(/[._-]/).every((word) => WORDS.has(word))) continue;
      vendors.set(begin, (vendors.get(begin) ?? new Set()).add(vendorOf.get(id) ?? id));
    }
  }
  const prefixes = [...vendors].flatMap(([begin, { size }]) =>
    size === 1 || begin.length > 6 ? [begin] : [],
  );
  return { prefixes: prefixes.sort(), names };
}

/** Three characters and a sign that joins words, or four letters and digits of which some are capitals. */
const TOKEN_PREFIX =
  /^(?:(?=....)(?=.*[A-Za-z].*[A-Za-z\d])[A-Za-z\d]+(?:[._-][A-Za-z\d]+){0,4}[._-]|(?=.*[A-Z])[A-Za-z]{4,6}|hf_|r8_|SG\.|oy2|dapi|cio)$/;

/** Parts of prefixes that other people's names and values begin with as well. */
const WORDS = new Set(
  (
    ' access account act agent api app client console data dataset dev inference key live perm persona private prod pub public ' +
    'pubkey root sandbox sdk secret ser server sess sig skey standard test token user v1 v2'
  ).split(' '),
);
