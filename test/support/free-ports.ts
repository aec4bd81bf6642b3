/** Ports for servers of tests that cannot choose a free one themselves. They stay reserved until this process ends. */
import { reservePort, type ReservedPort } from '../../src/sandbox/reserve-port.ts';

export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push((await reservePort()).port);
  return ports;
}

/** The first of so many ports in a row. */
export async function freePortRun(count: number): Promise<number> {
  let run: readonly ReservedPort[] = [];
  while (run.length < count) {
    const reserved = await reservePort();
    const before = run.at(-1);
    if (before !== undefined && before.port + 1 !== reserved.port) {
      for (const { release } of run) release();
      run = [];
    }
    run = [...run, reserved];
  }
  return run[0]?.port ?? 0;
}
