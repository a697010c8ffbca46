import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../../shared/vectors/', import.meta.url);

/** A message in all its encoded forms, and what it says. */
export interface EncodedSample {
  readonly description: string;
  readonly serializers: Readonly<Record<string, readonly { readonly bytes_hex: string }[]>>;
  readonly expected_attributes: Readonly<Record<string, unknown>>;
}

/** A decoded message, and what must be said against it. */
export interface ValidationSample {
  readonly description: string;
  readonly wmsg: readonly unknown[];
  readonly expected_error?: { readonly type: string; readonly contains: string };
}

/** Samples of either kind; none, and a line that says so, where the community vectors are not there. */
function samples(): readonly (EncodedSample | ValidationSample)[] {
  let files: readonly string[];
  try {
    files = readdirSync(FOLDER).filter((file) => file.startsWith('singlemessage-'));
  } catch {
    process.stdout.write('skipped: there are no community vectors in ../shared/vectors\n');
    return [];
  }
  return files.flatMap((file) => {
    // The files have been read by people, who found these two kinds in them.
    const found = (JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as { samples: ValidationSample[] }).samples;
    return found.map((sample) => ({ ...sample, description: `${file.slice(14, -5)}: ${sample.description}` }));
  });
}

export const encodedSamples = (): readonly EncodedSample[] =>
  samples().flatMap((sample) => ('serializers' in sample ? [sample] : []));

export const validationSamples = (): readonly ValidationSample[] =>
  samples().flatMap((sample) => ('wmsg' in sample ? [sample] : []));
