import { z } from 'zod';
import { SEVERITIES } from '../model/finding.ts';
import { SHAPE } from './service.ts';

/** The shape of `rules/services/*.yaml`. Every object is strict: an unknown key is an error. */

const page = z.url({ protocol: /^https$/ });

const service = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'an id is lower-case words joined by hyphens'),
  vendor: z.string().min(1),
  /** Words joined by `_` for any or no separator, or a host. */
  names: z
    .array(
      z
        .string()
        .regex(
          /^(?=.{4})(?:[a-z0-9]+(?:_[a-z0-9]+)*|[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/,
          'a name is four characters or more: lower-case words joined by _, or a host',
        ),
    )
    .min(1),
  docs: page,
  revoke: page.optional(),
  shape: z.string().regex(SHAPE, 'a shape is uuid, or an alphabet and a length such as hex:32').optional(),
  severity: z.enum(SEVERITIES).optional(),
});

export const serviceFile = z.strictObject({
  /** What holds for all services of the file. */
  opens: z.string().min(1),
  severity: z.enum(SEVERITIES),
  services: z.array(service).min(1),
});
