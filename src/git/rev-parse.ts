/**
 * Put between the questions of one `git rev-parse`, whose answers are lines, and paths may hold line breaks. It is answered
 * by the object format, a line that git repeats each time.
 */
export const SEPARATOR = '--show-object-format';

/**
 * The answers between the separators of an output.
 * @param count how many there must be
 * @throws {Error} when there are others, as in a folder whose name holds the separator's answer
 */
export function splitAnswers(output: string, count: number): { objectFormat: string; parts: string[] } {
  const objectFormat = /^sha\d+$/m.exec(output)?.[0] ?? '';
  const parts = output.split(`\n${objectFormat}\n`);
  if (parts.length !== count) throw new Error(`git rev-parse: not ${count} answers: ${output}`);
  return { objectFormat, parts };
}
