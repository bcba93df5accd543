import type { Finding } from '../model/finding.ts';
import { count, grouped } from './figures.ts';
import { countSeverities, isLive, thatCount } from './order.ts';

/** `3 secrets found: 1 critical, 2 high; 1 still works`. */
export function headline(all: readonly Finding[], complete: boolean): string {
  const findings = thatCount(all);
  if (findings.length === 0) return complete ? 'No secrets found' : 'No secrets found in what was read';
  const severities = countSeverities(findings).map(([severity, number]) => `${grouped(number)} ${severity}`);
  const live = findings.filter(isLive).length;
  const alive = live === 0 ? '' : `; ${grouped(live)} still ${live === 1 ? 'works' : 'work'}`;
  return `${count(findings.length, 'secret')} found: ${severities.join(', ')}${alive}`;
}
