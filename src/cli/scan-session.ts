import { resolve } from 'node:path';
import { BlobScanner } from '../engine/blob-scanner.ts';
import type { Detection } from '../engine/detection.ts';
import { type BlobPlace, FindingSet } from '../engine/finding-set.ts';
import { Scanner } from '../engine/scanner.ts';
import { UserError } from '../model/errors.ts';
import { CONFIDENCES, type Confidence, type Finding } from '../model/finding.ts';
import { REPORT_SCHEMA_VERSION, type Report, type ScanSummary, type Skipped } from '../model/report.ts';
import type { Output } from '../report/outputs.ts';
import { builtInIndex, builtInRuleDetails, builtInRules, builtInServiceDetails } from '../rules/catalogue.ts';
import type { Rule, RuleDetails } from '../rules/rule.ts';
import { idsOf, indexRules, type RuleIndex } from '../rules/rule-index.ts';
import { type AllowPlace, allowPlacesBy } from '../suppress/allow-places.ts';
import { type Config, checkRuleIds, loadConfig } from '../suppress/config.ts';
import { parseSize } from '../suppress/parse-size.ts';
import { milliseconds } from './clock.ts';
import type { Io, Values } from './command.ts';
import { narrowedByOptions } from './narrowing.ts';
import { prepareOutputs, writeOutputs } from './output.ts';
import { keepServices, selectRules } from './select-rules.ts';
import { VERSION } from './version.ts';

/** What a source has read by the end of a scan. */
export interface ScanTotals {
  /** What was scanned, in words. */
  source: string;
  bytes: number;
  blobs: number;
  commits: number;
  skipped: Skipped[];
  narrowed?: string[];
}

/**
 * One scan from its options to its report: holds the rules and configuration, takes detections from a source, and ends
 * in findings, a report and an exit code.
 */
export class ScanSession {
  readonly values: Values;
  readonly io: Io;
  /** Absolute folder that the paths of places are relative to. */
  readonly root: string;
  /** Absolute folder whose configuration and baseline count. */
  readonly target: string;
  readonly config: Config;
  readonly outputs: Output[];
  readonly started = new Date();
  readonly #clock = milliseconds();
  readonly #chosen: ChosenRules;
  readonly #findings: FindingSet;
  readonly #allow: AllowPlace;
  readonly leastConfidence: Confidence;
  #detailsById?: Map<string, RuleDetails>;
  #scanner?: BlobScanner;

  private constructor(
    values: Values,
    io: Io,
    folders: { target: string; root: string },
    config: Config,
    chosen: ChosenRules,
    outputs: Output[],
  ) {
    this.values = values;
    this.io = io;
    this.root = folders.root;
    this.target = folders.target;
    this.config = config;
    this.outputs = outputs;
    this.#chosen = chosen;
    this.#findings = new FindingSet((rule) => this.#detailsOf(rule), values['show-secrets'] === true);
    this.#allow = allowPlacesBy(config);
    this.leastConfidence =
      (values['min-confidence'] as Confidence | undefined) ?? (config.minConfidence ? 'low' : 'medium');
  }

  /**
   * @param target the folder whose configuration and baseline count
   * @param root the folder that the paths of places are relative to
   * @throws {UserError} for options and configuration that cannot be; nothing has been read then
   */
  static async open(values: Values, io: Io, target = io.cwd, root = target): Promise<ScanSession> {
    const outputs = await prepareOutputs(values, io);
    const config = await loadConfig({
      cwd: target,
      file: values.config === undefined ? undefined : resolve(io.cwd, values.config as string),
      ignoreRepository: values['no-repo-config'] === true,
    });
    for (const warning of config.warnings) io.stderr.write(`unleak: ${warning}\n`);
    // A flag is stronger than what the configuration says.
    if (values['min-confidence']) config.minConfidence = undefined;
    const chosen = await chooseRules(config, values);
    return new ScanSession(values, io, { target, root }, config, chosen, outputs);
  }

  /** All of them, parsed: only an audit needs that. */
  get rules(): Rule[] {
    return this.#chosen.selected ?? builtInRules();
  }

  /** Undefined when the built-in rules are in use as they are: a thread reads those itself. */
  get selectedRules(): Rule[] | undefined {
    return this.#chosen.selected;
  }

  get now(): number {
    return this.started.getTime();
  }

  get jobs(): number | undefined {
    const { jobs } = this.values;
    if (jobs === undefined) return undefined;
    const count = Number(jobs);
    if (!Number.isInteger(count) || count < 1)
      throw new UserError(`--jobs ${jobs}: give a number of threads from 1 on`);
    return count;
  }

  /** Bytes. */
  get maxFileSize(): number {
    const given = this.values['max-file-size'];
    if (given === undefined) return this.config.maxFileSize ?? Number.POSITIVE_INFINITY;
    const size = parseSize(given as string);
    if (size === undefined)
      throw new UserError(`--max-file-size ${given}: give a size such as 500KB, 10MB or 1GB`);
    return size;
  }

  /** This thread's scanner, made when first needed. */
  scanner(): BlobScanner {
    this.#scanner ??= new BlobScanner(new Scanner(this.#chosen.index), { now: this.now });
    return this.#scanner;
  }

  /** Of all rules, and of the services once one is found. */
  details(): Map<string, RuleDetails> {
    this.#detailsById ??= new Map(
      [...builtInRuleDetails(), ...this.#chosen.ownDetails].map((details) => [details.id, details]),
    );
    return this.#detailsById;
  }

  #detailsOf(rule: string): RuleDetails | undefined {
    const known = this.details();
    // No other id is missing: what is left is a service.
    if (!known.has(rule)) for (const details of builtInServiceDetails()) known.set(details.id, details);
    return known.get(rule);
  }

  add(detection: Detection, where: BlobPlace): void {
    if (CONFIDENCES.indexOf(detection.confidence) < CONFIDENCES.indexOf(this.leastConfidence)) return;
    if (detection.public && !this.values['include-public']) return;
    if (detection.facts.expired && !this.values['include-expired']) return;
    const lines = { line: detection.lineText, before: detection.previousLine };
    const allowed = this.#allow(lines, detection.rule, detection.secret);
    this.#findings.add(detection, { ...where, ...(allowed && { allowed }) });
  }

  /** The findings so far, before anything is suppressed. */
  findings(): Finding[] {
    return this.#findings.toArray();
  }

  async #verify(findings: Finding[]): Promise<void> {
    const [{ verifyFindings }, { verifyOptions }] = await Promise.all([
      import('../verify/verify-findings.ts'),
      import('./prepare-verification.ts'),
    ]);
    const details = [...this.details().values()];
    await verifyFindings(
      findings,
      await verifyOptions(this.values, this.io, {
        builtIn: builtInRuleDetails(),
        details,
        config: this.config,
      }),
    );
  }

  /** Suppresses, verifies, reports. @returns the exit code */
  async finish(totals: ScanTotals, findings = this.findings()): Promise<number> {
    const narrowed = [...(totals.narrowed ?? []), ...narrowedByOptions(this.values)];
    const scan: ScanSummary = {
      source: totals.source,
      started: this.started.toISOString(),
      durationMs: Math.round(milliseconds() - this.#clock),
      bytes: totals.bytes,
      blobs: totals.blobs,
      commits: totals.commits,
      rules: this.#chosen.count,
      complete: totals.skipped.length === 0,
      skipped: totals.skipped,
      suppressed: { baseline: 0, comment: 0, config: 0 },
      ...(narrowed.length > 0 && { narrowed }),
    };
    const { applySuppression } = await import('./apply-suppression.ts');
    const kept = await applySuppression(this, findings, scan);
    if (this.values.verify) await this.#verify(kept);
    const report: Report = {
      schemaVersion: REPORT_SCHEMA_VERSION,
      tool: { name: 'unleak', version: VERSION },
      scan,
      findings: kept,
    };
    await writeOutputs(report, this.outputs, this.values, this.io, () => this.details(), this.root);
    if (kept.some((finding) => !finding.suppressed)) return 1;
    return scan.complete ? 0 : 3;
  }
}

/** The rules of a scan. */
interface ChosenRules {
  count: number;
  index: RuleIndex;
  /** Undefined for the built-in ones as they are. */
  selected?: Rule[];
  ownDetails: RuleDetails[];
}

async function chooseRules(config: Config, values: Values): Promise<ChosenRules> {
  if (config.rules.length === 0 && !values.rule && !values['no-rule']) {
    const { ids, index } = builtInIndex();
    if (config.files.length > 0) checkRuleIds(config, ids);
    return { count: ids.length, index, ownDetails: [] };
  }
  let rules = builtInRules();
  let ownDetails: RuleDetails[] = [];
  if (config.rules.length > 0) {
    const { loadRules } = await import('../rules/load.ts');
    const own = loadRules(config.rules, { own: true });
    const { checkPattern } = await import('../rules/safe-pattern.ts');
    for (const rule of own.rules) {
      const problem = checkPattern(rule.pattern, rule.flags);
      if (problem) throw new UserError(`rule ${rule.id} is refused: ${problem}`);
    }
    const replaced = new Set(own.rules.map((rule) => rule.id));
    rules = rules
      .filter((rule) => !replaced.has(rule.id))
      .map((rule) => keepServices(rule, (id) => !replaced.has(id)));
    rules.push(...own.rules);
    ownDetails = own.details;
  }
  checkRuleIds(config, idsOf(rules));
  const selected = selectRules(rules, values);
  return { count: idsOf(selected).length, index: indexRules(selected), selected, ownDetails };
}
