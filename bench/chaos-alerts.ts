/**
 * `npm run chaos:alerts -- [MINUTES]`: every 90 seconds kills one of two real replicas, in turn, while a real
 * Prometheus scrapes both every 30 seconds and evaluates the shipped alerts with their real waiting times. Prints what
 * was found and what held. The exit code is 1 if something did not hold.
 */
import { runAlerts } from './chaos-alerts/run-alerts.ts';

/** The longest waiting time of an alert is 15 minutes. */
const DEFAULT_MINUTES = 18;
const TAKEN_OVER_MS = 30_000;
const EXPECTED = ['MailprobeMailboxDown', 'MailprobeMailboxProblem', 'MailprobeAppProblem'];

const [minutes = DEFAULT_MINUTES] = process.argv.slice(2).map(Number);
const report = await runAlerts({
  minutes,
  everySeconds: 90,
  onKill: (text) => process.stdout.write(`${text}\n`),
});
process.stdout.write(`\n${JSON.stringify(report, undefined, 2)}\n\n`);
const { firstKillAt, kills, alerts, ofReplicas, doubledIncidents, messages } = report;
/** Did the alert begin to wait again after the first kill? */
const isAnew = (began: readonly string[]): boolean =>
  began.slice(1).some((time) => Date.parse(time) > firstKillAt);
const verdicts = [
  {
    name: 'the alerts of mailboxes and apps fired',
    held: EXPECTED.every((name) => alerts.some((one) => one.name === name && one.firedAt !== undefined)),
  },
  { name: 'no alert that fired resolved', held: alerts.every(({ resolvedAt }) => resolvedAt === undefined) },
  { name: 'no alert began to wait anew', held: alerts.every(({ began }) => !isAnew(began)) },
  {
    name: 'no alert of a replica fired',
    held: ofReplicas.every(({ firedAt }) => firedAt === undefined),
  },
  {
    name: `each was taken over within ${TAKEN_OVER_MS} ms`,
    held: kills.every(({ takenOverMs }) => takenOverMs < TAKEN_OVER_MS),
  },
  {
    name: 'after each kill both answered alike',
    held: kills.every(({ alikeAfterMs }) => alikeAfterMs !== undefined),
  },
  {
    name: 'no incident and no message was doubled',
    held: doubledIncidents === 0 && messages.doubled === 0,
  },
];
for (const { name, held } of verdicts) process.stdout.write(`${held ? 'held' : 'FAILED'}: ${name}\n`);
process.exitCode = verdicts.every(({ held }) => held) ? 0 : 1;
