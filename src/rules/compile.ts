import { loadRules, type RuleText } from './load.ts';
import { loadServices } from './load-services.ts';
import type { Catalogue } from './rule.ts';
import { type NamedService, namedService, type Service } from './service.ts';

/** What the build calls: the catalogue as data, ready to be written into the bundle. */
export function compileCatalogue(
  files: RuleText[],
  serviceFiles: RuleText[],
): Catalogue & { services: Service[]; names: NamedService[] } {
  const catalogue = loadRules(files);
  const services = loadServices(
    serviceFiles,
    catalogue.rules.map((rule) => rule.id),
  );
  const ids = services.map((service) => service.id);
  for (const rule of catalogue.rules) if (rule.services) rule.services = ids;
  return { ...catalogue, services, names: services.map(namedService) };
}
