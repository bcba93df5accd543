import { appendFile } from 'node:fs/promises';
import { UserError } from '../model/errors.ts';

/** Appends to the file that GitHub shows below a job (`GITHUB_STEP_SUMMARY`): other steps may have written to it. @throws {UserError} */
export async function appendStepSummary(file: string, markdown: string): Promise<void> {
  try {
    await appendFile(file, `${markdown}\n`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`cannot write the job summary ${file} (GITHUB_STEP_SUMMARY): ${code}`, 3);
  }
}
