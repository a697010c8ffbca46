import { Session, type HeapProfiler, type Profiler } from 'node:inspector';

/**
 * Counts what code does, which is the same on a busy machine and a quiet one: how often functions and branches of the library
 * and of RxJS run, and what they allocate.
 */

/** What is counted: our sources, and RxJS, in which a costly chain of operators would show. */
const isCounted = (url: string): boolean => /\/src\/[^?]*\.ts|\/rxjs\//.test(url) && !url.includes('/spec/');

const session = new Session();
session.connect();
session.post('Profiler.enable');
// Branches are counted in what is compiled from now on, and functions are compiled when they are first called: this module
// has to be the first import of a spec.
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** Asks the engine something, which it answers at once: it is in this process. */
function answered<T>(ask: (answer: (error: Error | null, value?: T) => void) => void): T {
  let answers: T | undefined;
  ask((error, value) => {
    if (error !== null) throw error;
    answers = value;
  });
  if (answers === undefined) throw new Error('the inspector has not answered');
  return answers;
}

const coverage = (): readonly Profiler.FunctionCoverage[] =>
  answered<Profiler.TakePreciseCoverageReturnType>((answer) => session.post('Profiler.takePreciseCoverage', answer))
    .result.filter(({ url }) => isCounted(url))
    .flatMap(({ functions }) => functions);

/**
 * How often functions of ours and of RxJS, and branches and loops in them, are run by `work`. What the engine does natively, such
 * as copying a list, is not seen.
 */
export function operations(work: () => void): number {
  // What ran before counts up to here.
  coverage();
  work();
  const ran = coverage().filter(({ ranges }) => ranges.some(({ count }) => count > 0));
  if (!ran.some(({ isBlockCoverage }) => isBlockCoverage)) throw new Error('branches cannot be counted');
  return ran.flatMap(({ ranges }) => ranges).reduce((sum, { count }) => sum + count, 0);
}

const allocated = (node: HeapProfiler.SamplingHeapProfileNode): number =>
  node.selfSize + node.children.reduce((sum, child) => sum + allocated(child), 0);

/** About how many bytes `work` allocates, what is garbage right away among them. */
export const bytes = (work: () => void): number =>
  sampled(work, { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true });

/** About how many bytes of those that `work` allocates are still in use when it is done. */
export const heldBytes = (work: () => void): number =>
  sampled(() => {
    work();
    session.post('HeapProfiler.collectGarbage');
  });

function sampled(work: () => void, included: object = {}): number {
  session.post('HeapProfiler.startSampling', { samplingInterval: 256, ...included });
  work();
  const { profile } = answered<HeapProfiler.StopSamplingReturnType>((answer) =>
    session.post('HeapProfiler.stopSampling', answer),
  );
  return allocated(profile.head);
}

/** Calls of methods of a class while `work` is done, by name. */
export function calls<Name extends string>(
  prototype: Record<Name, (...args: never[]) => unknown>,
  names: readonly Name[],
  work: () => void,
): Record<Name, number> {
  const counted = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
  const originals = names.map((name) => [name, prototype[name]] as const);
  for (const [name, original] of originals) {
    prototype[name] = function (this: unknown, ...args: never[]): unknown {
      counted[name]++;
      return original.apply(this, args);
    };
  }
  try {
    work();
  } finally {
    for (const [name, original] of originals) prototype[name] = original;
  }
  return counted;
}
