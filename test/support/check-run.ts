/** What `check` says of the mailboxes of a configuration, and every command that it prints. */
import { z } from 'zod';
import { check } from '../../src/commands/check.ts';
import { diagnosisSchema } from '../../src/report/resource/diagnosis.ts';
import { runCommand } from './run-command.ts';

const PROBES = z.object({
  probes: z.array(
    z.object({
      mailbox: z.string(),
      protocol: z.string(),
      ok: z.boolean(),
      diagnoses: z.array(diagnosisSchema),
      only_time_can_tell: z.array(z.object({ if: z.string(), cause: z.string() })),
    }),
  ),
});

export type CheckedProbe = z.infer<typeof PROBES>['probes'][number];

export async function checkJson(
  config: string,
  ...args: readonly string[]
): Promise<readonly CheckedProbe[]> {
  const { stdout } = await runCommand(check, [...args, '--format', 'json', '--config', config]);
  return PROBES.parse(JSON.parse(stdout)).probes;
}

/** The tests that decide, and the commands of the fix. */
export function printedTests({ diagnoses }: Pick<CheckedProbe, 'diagnoses'>): readonly string[] {
  return diagnoses.flatMap((diagnosis) => [
    ...diagnosis.look_alikes.map(({ test }) => test),
    ...diagnosis.fix.flatMap(({ command }) => command?.split('\n') ?? []),
  ]);
}
