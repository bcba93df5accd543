import { makeVisible } from '../report/shown.ts';
import type { Dialogue } from '../suppress/triage/triage.ts';
import type { Io } from './command.ts';

/** The dialogue at a terminal. The prompt library is loaded here and nowhere else. */
export async function openDialogue({ stdin, stdout, signal }: Io): Promise<Dialogue> {
  const { isCancel, select, text } = await import('@clack/prompts');
  // A terminal that does not tell its width says 0, and each character would get a line of its own.
  if (!stdout.columns) stdout.columns = 80;
  const streams = { input: stdin, output: stdout, signal };
  const clean = (lines: string) =>
    lines
      .split('\n')
      .map((line) => makeVisible(line))
      .join('\n');
  return {
    show(lines) {
      stdout.write(`\n${clean(lines)}\n\n`);
    },
    async choose(question, choices) {
      const options = choices.map(({ action, label }) => ({ value: action, label: clean(label) }));
      const answer = await select({ message: question, options, ...streams });
      return isCancel(answer) ? undefined : answer;
    },
    async ask(question) {
      const answer = await text({
        message: question,
        placeholder: 'nothing goes back to the question',
        ...streams,
      });
      return isCancel(answer) ? undefined : answer;
    },
  };
}
