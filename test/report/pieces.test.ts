/** Several readers of one rendering, and the bytes that it is made of. */
import * as fc from 'fast-check';
import { buffer } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { encoded } from '../../src/report/encoded.ts';
import { sharePieces } from '../../src/report/pieces.ts';
import { PAUSE } from '../../src/report/slices.ts';

/** `state` tells how many pieces were made, and whether the source was told to end. */
function aSource(pieces: number): {
  readonly state: { made: number; isEnded: boolean };
  readonly source: AsyncGenerator<number>;
} {
  const state = { made: 0, isEnded: false };
  async function* make(): AsyncGenerator<number> {
    try {
      for (; state.made < pieces; ) {
        state.made += 1;
        yield state.made;
      }
    } finally {
      state.isEnded = true;
    }
  }
  return { state, source: make() };
}

async function all<T>(pieces: AsyncIterable<T>): Promise<readonly T[]> {
  const read: T[] = [];
  for await (const piece of pieces) read.push(piece);
  return read;
}

describe('pieces of one rendering', () => {
  test('are the same for each reader, in any order of reading, and are made once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(6),
        fc.array(fc.record({ reader: fc.nat(2), closes: fc.boolean() })),
        async (count, steps) => {
          const { state, source } = aSource(count);
          const shared = sharePieces(source);
          const readers = [0, 1, 2].map(() => shared.read());
          const read: number[][] = [[], [], []];
          for (const { reader, closes } of steps) {
            const step = await readers[reader]?.next();
            if (step?.done === false) read[reader]?.push(step.value);
            if (closes) shared.close();
          }
          for (const [at, reader] of readers.entries()) read[at]?.push(...(await all(reader)));
          const expected = Array.from({ length: count }, (_, at) => at + 1);
          expect(read).toEqual([expected, expected, expected]);
          expect(state).toEqual({ made: count, isEnded: true });
        },
      ),
    );
  });

  test('come from their beginning for a reader that joins later', async () => {
    const shared = sharePieces(aSource(3).source);
    const first = shared.read();
    await first.next();
    await first.next();
    expect(await all(shared.read())).toEqual([1, 2, 3]);
  });

  test('are no longer made once every reader has left and nobody can join', async () => {
    const { state, source } = aSource(9);
    const shared = sharePieces(source);
    const readers = [shared.read(), shared.read()];
    for (const reader of readers) await reader.next();
    await readers[0]?.return?.();
    shared.close();
    expect(state.isEnded).toBe(false);
    await readers[1]?.return?.();
    await nextTurn();
    expect(state).toEqual({ made: 1, isEnded: true });
  });

  test('are no longer made if nobody joins after every reader has left', async () => {
    const { state, source } = aSource(9);
    const shared = sharePieces(source);
    const reader = shared.read();
    await reader.next();
    await reader.return?.();
    expect(state.isEnded).toBe(false);
    shared.close();
    await nextTurn();
    expect(state).toEqual({ made: 1, isEnded: true });
  });

  test('reach the others if one reader leaves', async () => {
    const shared = sharePieces(aSource(4).source);
    const [leaves, stays] = [shared.read(), shared.read()];
    await leaves.next();
    shared.close();
    await leaves.return?.();
    expect(await all(stays)).toEqual([1, 2, 3, 4]);
  });

  test('end with the same error for each reader', async () => {
    async function* fails(): AsyncGenerator<number> {
      yield 1;
      throw new Error('the rendering failed');
    }
    const shared = sharePieces(fails());
    const readers = [shared.read(), shared.read()];
    shared.close();
    for (const reader of readers) await expect(all(reader)).rejects.toThrow('the rendering failed');
  });
});

describe('encoded text', () => {
  async function* each(texts: readonly string[]): AsyncGenerator<string> {
    yield* texts;
  }

  test('is the UTF-8 of all its pieces', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '€', '\u{1F512}'), maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(fc.array(text), async (texts) => {
        expect((await buffer(encoded(each(texts)))).toString()).toBe(texts.join(''));
      }),
    );
  });

  test('comes in pieces of at most 192 kB, however small the texts are', async () => {
    const texts = Array.from({ length: 20 }, (_, at) => `${at % 10}`.repeat(16 * 1024));
    const pieces = await all(encoded(each(texts)));
    expect(pieces.map(({ length }) => length / 1024)).toEqual([160, 160]);
    expect(Buffer.concat(pieces).toString()).toBe(texts.join(''));
  });

  test('ends a piece where the rendering pauses', async () => {
    const pieces = await all(encoded(each([PAUSE, 'one', ' and', PAUSE, PAUSE, ' two'])));
    expect(pieces.map(String)).toEqual(['one and', ' two']);
  });

  test('may use one buffer, if each piece is read before the next one', async () => {
    const buffer = Buffer.alloc(192 * 1024);
    const read: string[] = [];
    for await (const piece of encoded(each(['one', PAUSE, 'two', PAUSE, '3']), () => buffer))
      read.push(String(piece));
    expect(read).toEqual(['one', 'two', '3']);
  });

  test('of one larger text is one piece', async () => {
    const large = '€'.repeat(400 * 1024);
    const pieces = await all(encoded(each(['before', large, 'after'])));
    expect(pieces.map((piece) => Buffer.from(piece).toString().length)).toEqual([6, 400 * 1024, 5]);
  });
});
