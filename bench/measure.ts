/** What one run of a command, or of a function, came to. */
export interface Sample {
  seconds: number;
  /** Time on all cores together, user and system; undefined where the system does not tell. */
  cpuSeconds?: number;
  /** Highest resident memory, in bytes; undefined where the system does not tell. */
  peakBytes?: number;
}

/** The runs of one contender: seconds and bytes. */
export interface Summary {
  runs: number;
  median: number;
  min: number;
  max: number;
  /** Median of time on all cores together. */
  cpu?: number;
  /** Highest peak of all runs, in bytes. */
  peakBytes?: number;
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('no values to take a median of');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function summarise(samples: readonly Sample[]): Summary {
  const seconds = samples.map((sample) => sample.seconds);
  const cpu = samples.flatMap(({ cpuSeconds }) => (cpuSeconds === undefined ? [] : [cpuSeconds]));
  const peaks = samples.flatMap(({ peakBytes }) => (peakBytes === undefined ? [] : [peakBytes]));
  return {
    runs: samples.length,
    median: median(seconds),
    min: Math.min(...seconds),
    max: Math.max(...seconds),
    ...(cpu.length > 0 && { cpu: median(cpu) }),
    ...(peaks.length > 0 && { peakBytes: Math.max(...peaks) }),
  };
}

/**
 * Runs contenders in turn, A B A B, so that what else the machine does falls on all of them alike. The first round warms
 * caches and is not counted. One that fails is out of the following rounds, and so is one that has used up its budget.
 * @param budget seconds that all runs of one contender may take; one run counts however long it takes
 * @returns a summary, or why there is none, for each contender in its order
 */
export async function alternate(
  contenders: readonly (() => Sample | Promise<Sample>)[],
  rounds: number,
  budget = Number.POSITIVE_INFINITY,
): Promise<(Summary | Error)[]> {
  const states = contenders.map(() => ({
    samples: [] as Sample[],
    spent: 0,
    error: undefined as Error | undefined,
  }));
  for (let round = 0; round <= rounds; round++) {
    for (const [i, run] of contenders.entries()) {
      const state = states[i];
      if (state.error || state.spent >= budget) continue;
      try {
        const sample = await run();
        state.spent += sample.seconds;
        if (round > 0 || state.spent >= budget) state.samples.push(sample);
      } catch (error) {
        state.error = error as Error;
      }
    }
  }
  return states.map(({ error, samples }) => error ?? summarise(samples));
}

/** The time that a function takes on its core, in seconds: other work on the machine costs it little. */
export function timeOnCore(run: () => void): Sample {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return { seconds: (user + system) / 1e6 };
}

/**
 * How a cost grew against how its input grew: 1 for a cost that follows the input, 0 for one that stays, 2 for one that
 * follows its square.
 */
export function growthExponent(input: [number, number], cost: [number, number]): number {
  return Math.log(cost[1] / cost[0]) / Math.log(input[1] / input[0]);
}
