/** Ports for servers of tests that cannot choose a free one themselves. They stay reserved until this process ends. */
import { reservePort } from '../../src/sandbox/reserve-port.ts';

export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push((await reservePort()).port);
  return ports;
}
