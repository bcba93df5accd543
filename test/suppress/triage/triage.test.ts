import { expect, test } from 'vitest';
import { UserError } from '../../../src/model/errors.ts';
import { type Baseline, createBaseline, indexBaseline } from '../../../src/suppress/baseline.ts';
import { type Action, type Dialogue, openFindings, triage } from '../../../src/suppress/triage/triage.ts';
import { makeFinding, makePlace } from '../findings.ts';

/** Answers from a list: an action, or what is typed. */
function scripted(...answers: (Action | string | undefined)[]) {
  const shown: string[] = [];
  const questions: string[] = [];
  const next = async (question: string) => {
    questions.push(question);
    if (answers.length === 0) throw new Error('asked more than was expected');
    return answers.shift();
  };
  const dialogue: Dialogue = {
    show: (text) => void shown.push(text),
    choose: async (question) => (await next(question)) as Action | undefined,
    ask: next,
  };
  return { dialogue, shown, questions, left: answers };
}

function needs() {
  const saved: Baseline[] = [];
  const progress = {
    kept: new Set<string>(),
    commented: new Set<string>(),
    saves: 0,
    save: async () => void progress.saves++,
  };
  const comments: string[] = [];
  return {
    saved,
    progress,
    comments,
    baseline: createBaseline(),
    saveBaseline: async (baseline: Baseline) => void saved.push(baseline),
    comment: async (
      { places: [{ path, line }] }: { places: { path: string; line: number }[] },
      reason: string,
    ) => {
      comments.push(`${path}:${line} ${reason}`);
      return [{ path, line, text: '# unleak:allow', undo: async () => void comments.pop() }];
    },
  };
}

const [one, two, three] = ['one', 'two', 'three'].map((name) => makeFinding(`${name}-secret`, `${name}.ts`));

test('each answer is saved before the next question', async () => {
  const n = needs();
  const { dialogue } = scripted('accept', 'sample', 'keep', 'skip');
  expect(await triage([one, two, three], n, dialogue)).toEqual({
    accepted: 1,
    kept: 1,
    commented: 0,
    open: 1,
    cancelled: false,
  });
  expect(n.saved).toHaveLength(1);
  expect(n.saved[0].entries).toMatchObject([{ path: 'one.ts', reason: 'sample' }]);
  expect([...n.progress.kept]).toEqual([two.fingerprint]);
});

test('what is decided is not asked again; what was skipped is', async () => {
  const n = needs();
  await triage([one, two, three], n, scripted('accept', 'sample', 'keep', 'skip').dialogue);
  expect(openFindings([one, two, three], n.saved[0], n.progress)).toEqual([three]);
});

test('quit and a cancelled dialogue keep what was answered', async () => {
  for (const last of ['quit', undefined] as const) {
    const n = needs();
    const tally = await triage([one, two], n, scripted('accept', 'x', last).dialogue);
    expect(tally).toMatchObject({ accepted: 1, open: 1, cancelled: last === undefined });
    expect(indexBaseline(n.saved[0])(one.fingerprint)).toBeDefined();
  }
});

test('back undoes the last answer, whatever it was', async () => {
  const n = needs();
  const { dialogue } = scripted(
    'accept',
    'x',
    'back',
    'keep',
    'back',
    'comment',
    'y',
    'back',
    'skip',
    'back',
    'keep',
    'quit',
  );
  const tally = await triage([one, two], n, dialogue);
  expect(tally).toMatchObject({ accepted: 0, kept: 1, commented: 0, open: 1 });
  expect(n.saved.at(-1)!.entries).toEqual([]);
  expect(n.comments).toEqual([]);
  expect([...n.progress.kept]).toEqual([one.fingerprint]);
});

test('no reason, no acceptance: the question comes again', async () => {
  const n = needs();
  const { questions } = await (async () => {
    const s = scripted('accept', '  ', 'comment', undefined, 'skip');
    await triage([one], n, s.dialogue);
    return s;
  })();
  expect(questions).toHaveLength(5);
  expect(n.saved).toEqual([]);
});

test('a comment that cannot be written is explained, and the question comes again', async () => {
  const n = { ...needs(), comment: async () => Promise.reject(new UserError('a.json: no comments there')) };
  const { dialogue, shown } = scripted('comment', 'x', 'skip');
  expect(await triage([one], n, dialogue)).toMatchObject({ open: 1 });
  expect(shown).toContain('a.json: no comments there');
});

test('places below a written comment move down, and back up when it is undone', async () => {
  const at = (line: number) => makeFinding(`s${line}`, 'a.ts', { places: [makePlace('a.ts', line)] });
  const n = needs();
  await triage([at(3), at(9), at(1)], n, scripted('comment', 'x', 'comment', 'y', 'comment', 'z').dialogue);
  expect(n.comments).toEqual(['a.ts:3 x', 'a.ts:10 y', 'a.ts:1 z']);
  const m = needs();
  await triage([at(3), at(9)], m, scripted('comment', 'x', 'back', 'skip', 'comment', 'y').dialogue);
  expect(m.comments).toEqual(['a.ts:9 y']);
});

test('the worst come first: live, then severe', () => {
  const low = makeFinding('a', 'a', { severity: 'low' });
  const live = makeFinding('b', 'b', { severity: 'low', verdict: { state: 'active' } });
  const high = makeFinding('c', 'c', { severity: 'critical' });
  expect(openFindings([low, live, high], createBaseline(), needs().progress)).toEqual([live, high, low]);
});

test('a live secret is said to be one before it is accepted, and no secret is shown', async () => {
  const live = makeFinding('the-secret-text-itself-42', 'a.ts', { verdict: { state: 'active' } });
  const { dialogue, shown, questions } = scripted('accept', 'x');
  await triage([live], needs(), dialogue);
  expect(questions[1]).toContain('It still works');
  expect(shown.join()).not.toContain('the-secret-text-itself');
});
