import { UserError } from '../model/errors.ts';
import type { RuleText } from './load.ts';
import { parseStrict } from './parse-strict.ts';
import { CREDENTIALS, credentialOf, namedService, type Service } from './service.ts';
import { serviceFile } from './service-schema.ts';

/**
 * Reads `rules/services/*.yaml`.
 * @param ruleIds that the rules have already
 * @throws {UserError} naming file, line and mend of the first mistake: YAML syntax, unknown key, wrong value, an id or a
 * name used twice, an id out of order
 */
export function loadServices(files: RuleText[], ruleIds: Iterable<string> = []): Service[] {
  const services: Service[] = [];
  const ids = new Map([...ruleIds].map((id) => [id, 'rules/']));
  const names = new Map<string, string>();
  for (const file of files) {
    const { data, placeOf } = parseStrict(file, serviceFile, KNOWN_KEYS);
    data.services.forEach(({ severity = data.severity, ...service }, index) => {
      const place = placeOf(['services', index]);
      const fail = (message: string) => {
        throw new UserError(`${place}: service ${service.id}: ${message}`);
      };
      const other = ids.get(service.id);
      if (other) fail(`the id exists already in ${other}: choose another`);
      if (!credentialOf(service.id)) fail(`its id ends in none of ${Object.keys(CREDENTIALS).join(', ')}`);
      const before = data.services[index - 1];
      if (before && before.id > service.id) fail(`it stands after ${before.id}: keep them in order`);
      ids.set(service.id, place);
      const whole = { ...service, opens: data.opens, severity };
      for (const key of namedService(whole).keys) {
        const owner = names.get(key);
        if (owner) fail(`${key} names ${owner} already: a name leads to one service`);
        names.set(key, service.id);
      }
      services.push(whole);
    });
  }
  return services;
}

const KNOWN_KEYS = [
  ...Object.keys(serviceFile.shape),
  ...Object.keys(serviceFile.shape.services.element.shape),
];
