/** A sample of something over time; a gap is where there is none. */
export interface Sample {
  readonly at: number;
}

/** Silence that is a gap. */
const GAP_MS = 1_500;

/** The samples of the last while, oldest first, with what has come since. */
export function slide<S extends Sample>(before: readonly S[], batch: readonly S[], lengthMs: number): readonly S[] {
  const last = batch.at(-1);
  if (last === undefined) return before;
  const from = last.at - lengthMs;
  return [...before, ...batch].filter(({ at }) => at >= from);
}

/** One line of a chart: `[time, value]`, with a hole where nothing came for a while. */
export function toLine<S extends Sample>(
  samples: readonly S[],
  value: (sample: S) => number | undefined,
): (readonly [number, number | null])[] {
  return samples.flatMap((sample, index) => {
    const before = samples[index - 1];
    const point = [sample.at, value(sample) ?? null] as const;
    return before !== undefined && sample.at - before.at > GAP_MS ? [[before.at + 1, null] as const, point] : [point];
  });
}
