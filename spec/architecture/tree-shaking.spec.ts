import { describe, expect, it } from '@jest/globals';
import { bundleForBrowser } from '../../scripts/bundle.mjs';

/** The files that a page carries which imports so much, and no more, without packages. */
async function carried(source: string, names: readonly string[]): Promise<string[]> {
  const { metafile } = await bundleForBrowser(source, { names, external: ['rxjs'], minify: true });
  return Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([file, { bytesInOutput }]) => bytesInOutput > 0 && file.startsWith('src/'))
    .map(([file]) => file.slice('src/'.length));
}

const among = (files: readonly string[], pattern: RegExp): string[] => files.filter((file) => pattern.test(file));

describe('a page carries nothing that it did not import', () => {
  it('with the client: one transport, one serializer, no auth method, no operator but those it is built on', async () => {
    const files = await carried('src/index.ts', ['WampClient', 'value']);
    expect(among(files, /^(angular|meta|passthru|router|testing|worker)\//)).toStrictEqual([]);
    expect(among(files, /^transports\/(?!link|websocket|batched-serializer)|\.node\.ts$/)).toStrictEqual([]);
    expect(among(files, /^serializers\/.*(msgpack|cbor|big-endian|utf8)/)).toStrictEqual([]);
    expect(among(files, /^auth\//)).toStrictEqual(['auth/credential.ts']);
    expect(among(files, /^operators\//).sort()).toStrictEqual(
      ['backoff', 'options', 'reconnect', 'value'].map((name) => `operators/${name}.ts`),
    );
    expect(among(files, /history|snapshot/)).toStrictEqual([]);
  });

  it.each([
    ['ticket', /^(crypto|math|router|scram|wampcra|cryptosign|tls|cookie)/],
    ['wampcra', /^(router|scram|cryptosign|tls|cookie|ticket)/],
    ['scram', /^(router|wampcra|cryptosign|tls|cookie|ticket)/],
    ['cryptosign', /^(router|wampcra|scram|tls|cookie|ticket)/],
  ])('with %s: no other auth method, and nothing of the router’s half', async (name, others) => {
    const files = (await carried('src/auth/index.ts', [name])).map((file) => file.replace(/^auth\//, ''));
    expect(files).toContain(`${name}.ts`);
    expect(among(files, others)).toStrictEqual([]);
    expect(among(files, /^(client|session|transports|serializers)\//)).toStrictEqual([]);
  });

  it.each([
    ['conflate', 'conflate'],
    ['processQueue', 'process-queue'],
    ['batchWhileBusy', 'batch-while-busy'],
    ['toAsyncIterable', 'to-async-iterable'],
    ['retryCall', 'retry-call'],
    ['reconnect', 'reconnect'],
  ])('with %s: no other operator, and nothing of the client', async (name, own) => {
    const files = await carried('src/operators/index.ts', [name]);
    expect(among(files, /^operators\/(?!backoff|bounded-queue|options|queue-meter|work-through)/)).toStrictEqual([
      `operators/${own}.ts`,
    ]);
    expect(among(files, /^(?!operators|protocol)/)).toStrictEqual([]);
  });

  it.each(['msgpack', 'cbor'])('with %s: no other serializer', async (name) => {
    const files = await carried(`src/serializers/${name}.ts`, [name]);
    expect(among(files, name === 'cbor' ? /msgpack|json/ : /cbor|json/)).toStrictEqual([]);
    expect(among(files, /^(?!serializers|protocol)/)).toStrictEqual([]);
  });
});
