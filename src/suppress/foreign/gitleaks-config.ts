import type { Config } from '../config.ts';
export async function addGitleaksConfig(_config: Config, _path: string): Promise<void> {}
