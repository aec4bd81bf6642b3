import { expect, onTestFinished, test } from 'vitest';
import { expectNothingLeft } from './support/leaks.ts';

test('a timer that a scenario leaves is found, also one that an event set', async () => {
  const scenario = async (): Promise<void> =>
    await new Promise((resolve) => {
      setImmediate(() => {
        const left = setInterval(() => undefined, 3_600_000);
        onTestFinished(() => clearInterval(left));
        resolve();
      });
    });
  await expect(expectNothingLeft(scenario)).rejects.toThrow('Timeout');
});

test('timers that are cleared, that do not keep the process alive, or that others set, are not left', async () => {
  const scenario = async (): Promise<string> => {
    clearTimeout(setTimeout(() => undefined, 3_600_000));
    setTimeout(() => undefined, 3_600_000).unref();
    return await Promise.resolve('done');
  };
  const running = expectNothingLeft(scenario);
  const other = setTimeout(() => undefined, 3_600_000);
  onTestFinished(() => clearTimeout(other));
  expect(await running).toBe('done');
});
