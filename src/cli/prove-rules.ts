import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { BlobScanner } from '../engine/blob-scanner.ts';
import { Scanner } from '../engine/scanner.ts';
import { checkCatalogue, type Mistake } from '../rules/check-catalogue.ts';
import type { Catalogue, Rule } from '../rules/rule.ts';
import { assetUrl } from '../wasm/asset-url.ts';

/** A catalogue of which one thread checks every `of`-th rule, from number `part` on. */
export interface RulesToProve {
  catalogue: Catalogue;
  hitsPerMb?: Map<string, number>;
  part: number;
  of: number;
}

/** Fewer rules are checked in less time than a thread takes to start. */
const RULES_PER_THREAD = 200;

/** Checks a catalogue by as many threads as are of use. @returns what is wrong, in the order of the rules */
export async function proveRules(catalogue: Catalogue, hitsPerMb?: Map<string, number>): Promise<Mistake[]> {
  const of = Math.max(
    1,
    Math.min(availableParallelism(), Math.floor(catalogue.rules.length / RULES_PER_THREAD)),
  );
  const others = Array.from({ length: of - 1 }, (_, i) =>
    proveInThread({ catalogue, hitsPerMb, part: i + 1, of }),
  );
  const own = provePart({ catalogue, hitsPerMb, part: 0, of });
  const places = new Map(catalogue.rules.map(({ id }, i) => [id, i]));
  const mistakes = [own, ...(await Promise.all(others))].flat();
  return mistakes.sort((a, b) => places.get(a.rule)! - places.get(b.rule)!);
}

function proveInThread(task: RulesToProve): Promise<Mistake[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(assetUrl('rules-worker.js'), { workerData: task });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

export function provePart({ catalogue, hitsPerMb, part, of }: RulesToProve): Mistake[] {
  const scanner = new BlobScanner(new Scanner(catalogue.rules), { now: Date.now() });
  const finds = (rule: Rule, text: string, path: string) => {
    const bytes = Buffer.from(text);
    // A part is proved by its match: as a finding it never appears.
    if (rule.part)
      return scanner.scanner
        .scanBytes(bytes, { path })
        .some((match) => !match.part && match.rule.id === rule.id);
    return scanner
      .scanBytes(path, bytes)
      .some((detection) => detection.rule === rule.id && detection.facts.checksum !== 'wrong');
  };
  return checkCatalogue(catalogue, { finds, hitsPerMb, isAsked: (index) => index % of === part });
}
