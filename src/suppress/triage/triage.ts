import { UserError } from '../../model/errors.ts';
import { CONFIDENCES, type Finding, SEVERITIES } from '../../model/finding.ts';
import { acceptFinding, type Baseline, indexBaseline } from '../baseline.ts';
import { describeFinding } from './describe.ts';
import type { Progress } from './progress.ts';
import type { WrittenComment } from './write-comment.ts';

export type Action = 'accept' | 'keep' | 'comment' | 'skip' | 'back' | 'quit';

export interface Choice {
  action: Action;
  label: string;
}

/** Whoever answers: a person at a terminal, or a test. Undefined when the dialogue is cancelled. */
export interface Dialogue {
  show(text: string): void;
  choose(question: string, choices: Choice[]): Promise<Action | undefined>;
  ask(question: string): Promise<string | undefined>;
}

export interface TriageNeeds {
  baseline: Baseline;
  /** Called after each change, so that nothing is lost when the terminal goes. */
  saveBaseline(baseline: Baseline): Promise<void>;
  progress: Progress;
  /** Writes allow comments at all places of a finding. @throws {UserError} when it cannot be done */
  comment(finding: Finding, reason: string): Promise<WrittenComment[]>;
}

export interface Tally {
  accepted: number;
  kept: number;
  commented: number;
  /** Findings without a decision. */
  open: number;
  cancelled: boolean;
}

/** A finding for which there is a decision is not asked about again; the worst come first. */
export function openFindings(
  findings: readonly Finding[],
  baseline: Baseline,
  progress: Progress,
): Finding[] {
  const accepted = indexBaseline(baseline);
  return findings
    .filter(
      ({ fingerprint, suppressed }) =>
        !suppressed &&
        !accepted(fingerprint) &&
        !progress.kept.has(fingerprint) &&
        !progress.commented.has(fingerprint),
    )
    .sort((a, b) => rank(b) - rank(a));
}

/** Asks about one finding after the other; each answer is saved before the next question. */
export async function triage(findings: Finding[], needs: TriageNeeds, dialogue: Dialogue): Promise<Tally> {
  const undos: ((() => Promise<void>) | undefined)[] = [];
  const decisions: (keyof Tally | undefined)[] = [];
  let { baseline } = needs;
  const setBaseline = async (changed: Baseline) => {
    await needs.saveBaseline(changed);
    baseline = changed;
  };
  let cancelled = false;
  for (let index = 0; index < findings.length; ) {
    const finding = findings[index];
    dialogue.show(describeFinding(finding, index + 1, findings.length));
    const action = await dialogue.choose('Is this a leak?', choicesFor(finding, index));
    if (action === undefined || action === 'quit') {
      cancelled = action === undefined;
      break;
    }
    if (action === 'back') {
      index--;
      decisions.pop();
      await attempt(undos.pop(), dialogue);
      continue;
    }
    try {
      const undo = await decide(action, finding);
      if (undo === 'ask again') continue;
      undos.push(undo);
      decisions.push(
        action === 'accept'
          ? 'accepted'
          : action === 'keep'
            ? 'kept'
            : action === 'comment'
              ? 'commented'
              : undefined,
      );
      index++;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      dialogue.show(error.message);
    }
  }
  const count = (decision: keyof Tally) => decisions.filter((one) => one === decision).length;
  const [accepted, kept, commented] = [count('accepted'), count('kept'), count('commented')];
  return { accepted, kept, commented, open: findings.length - accepted - kept - commented, cancelled };

  /** @returns how to undo it; 'ask again' when no reason was given */
  async function decide(
    action: Action,
    finding: Finding,
  ): Promise<(() => Promise<void>) | undefined | 'ask again'> {
    if (action === 'skip') return undefined;
    if (action === 'keep') {
      needs.progress.kept.add(finding.fingerprint);
      await needs.progress.save();
      return async () => {
        needs.progress.kept.delete(finding.fingerprint);
        await needs.progress.save();
      };
    }
    const live = finding.verdict?.state === 'active' ? 'It still works. ' : '';
    const reason = (await dialogue.ask(`${live}Why is it no leak?`))?.trim();
    if (!reason) return 'ask again';
    if (action === 'accept') {
      const before = baseline;
      await setBaseline(acceptFinding(baseline, finding, reason));
      return () => setBaseline(before);
    }
    const written = await needs.comment(finding, reason);
    for (const { path, line, text } of written) {
      dialogue.show(`${path}:${line}: ${text}`);
      shift(findings, path, line, 1);
    }
    needs.progress.commented.add(finding.fingerprint);
    await needs.progress.save();
    return async () => {
      needs.progress.commented.delete(finding.fingerprint);
      await needs.progress.save();
      for (const { path, line, undo } of [...written].reverse()) {
        await undo();
        shift(findings, path, line, -1);
      }
    };
  }
}

function choicesFor({ rule, verdict }: Finding, index: number): Choice[] {
  const choices: Choice[] = [
    { action: 'accept', label: 'No: accept it in the baseline, for all places (asks why)' },
    { action: 'comment', label: `No: write an allow comment for ${rule} above the line (asks why)` },
    {
      action: 'keep',
      label: `Yes: keep it as a finding${verdict?.state === 'active' ? ', it still works' : ''}, and do not ask again`,
    },
    { action: 'skip', label: 'Not now: ask again next time' },
    { action: 'back', label: 'Back: undo the last answer' },
    { action: 'quit', label: 'Quit: what is answered is saved' },
  ];
  return choices.filter(({ action }) => action !== 'back' || index > 0);
}

async function attempt(undo: (() => Promise<void>) | undefined, dialogue: Dialogue): Promise<void> {
  try {
    await undo?.();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    dialogue.show(error.message);
  }
}

/** A comment that was written moves the places below it. */
function shift(findings: Finding[], path: string, from: number, by: number): void {
  for (const { places } of findings) {
    for (const place of places) {
      if (place.path !== path || place.line < from + (by < 0 ? 1 : 0)) continue;
      place.line += by;
      place.endLine += by;
    }
  }
}

function rank({ verdict, severity, confidence }: Finding): number {
  return (
    (verdict?.state === 'active' ? 100 : 0) +
    SEVERITIES.indexOf(severity) * 10 +
    CONFIDENCES.indexOf(confidence)
  );
}
