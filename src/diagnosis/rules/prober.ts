/** Faults of the mail program: mailprobe itself, or the program whose log was pasted. */
import { failedStages } from '../../model/evidence.ts';
import { RAISE_DESCRIPTORS } from '../../model/descriptors.ts';
import { isStarved } from '../../model/starved.ts';
import { say, shell } from '../fix/step.ts';
import { REFERENCES } from '../references.ts';
import type { RuleTable } from '../rule.ts';
import { hasPhrase } from '../when.ts';

/** What the title adds for each `StoreFailure`. For a failure that is not listed, it adds nothing. */
const STORE_FAILURES_SAID: Readonly<Record<string, string>> = {
  'disk-full': ', the disk is full',
  'read-only': ', which it may not write',
  locked: ', which another process has locked',
  corrupt: ', which is damaged',
  slow: ', which does not answer',
  unreachable: ', whose server cannot be reached',
  denied: ', whose server refuses its account',
  'newer-schema': ', which a later version of mailprobe has written',
  'not-ours': ', the file is the database of another program',
};

const STORE_FIXES: Readonly<Record<string, string>> = {
  'disk-full': 'Free some space on the disk of the store. Nothing needs to be restarted.',
  'read-only':
    'Give the account of mailprobe write access to the file and its folder. Nothing needs to be restarted.',
  locked: 'End the backup or the tool that has the file open. Nothing needs to be restarted.',
  slow: 'Check the load of the disk, and the network if the disk is a network disk. Use a local disk if you can.',
  unreachable: 'Start the database server, or repair the network to it. Nothing needs to be restarted.',
  denied:
    'Put the present password into the "password_file" of "store", and give the account its rights: see docs/store.md. Nothing needs to be restarted.',
  'newer-schema':
    'Install the later version of mailprobe again, or set "store" to another file, and restart it.',
  'not-ours': 'Set "store" to another file, and restart mailprobe.',
};

export const PROBER_RULES = {
  'prober-starved': {
    title: () =>
      'mailprobe itself lacks CPU time or file descriptors, so the state of the mailboxes is unknown',
    owner: 'operator',
    scope: 'prober',
    references: [REFERENCES.guide],
    symptom:
      'EMFILE, ENFILE, ENOBUFS, ENOMEM or EBUSY while a connection is opened. A credential file that did not answer before the deadline (file-slow), or was not tried because others hang (file-not-tried). Or a probe or a token request that timed out although this process stood still for more than half of the time, or that was reset, closed or ended by BYE after this process stood still for 5 s or more. The reasons are a CPU limit, an overloaded or paused machine, a laptop that slept, a clock that was set. A refusal by a server never counts as this.',
    test: () =>
      'For EMFILE, compare ls /proc/PID/fd | wc -l with the limit in /proc/PID/limits. Otherwise check nr_throttled in cpu.stat of the cgroup, and the load of the machine. For file-slow, time cat FILE.',
    lookAlikes: ['tcp-blocked', 'exchange-transient'],
    when: (facts) => {
      if (facts.pasted || !isStarved(facts.evidence)) return undefined;
      const [failed] = failedStages(facts.evidence);
      const about = failed?.stage === 'token' ? 'token' : failed?.stage === 'claims' ? 'claims' : 'mail';
      return { confidence: 'certain', about };
    },
    fix: () => [
      say(
        `For EMFILE, raise the limit of file descriptors: ${RAISE_DESCRIPTORS}; or lower concurrency.total.`,
      ),
      say(
        'Otherwise give mailprobe more CPU time: raise or remove the CPU limit (resources.limits.cpu, CPUQuota=, --cpus), or reduce the other load of the machine. Until then the mailboxes are unknown, not down.',
      ),
    ],
    takesEffect: 'With the next probe.',
  },
  'prober-overloaded': {
    title: (_, detail) =>
      `mailprobe has more mailboxes to probe than it can within their interval${detail === 'no-time' ? ': it lacks CPU time' : ''}`,
    owner: 'operator',
    scope: 'prober',
    severity: 'warning',
    references: [REFERENCES.performance],
    symptom:
      'mailprobe_scheduler_lag_seconds is more than half of an interval for two minutes or longer. Every result is true when it is made, and the next one comes late. The evidence says by how much, and which limit of probes at once holds them up.',
    test: () =>
      'mailprobe config check reports whether the fleet fits, assuming that a probe takes one second. Compare mailprobe_app_probes_needed with mailprobe_app_probes_limit, which use measured durations.',
    lookAlikes: ['prober-starved', 'exchange-throttled'],
    when: () => undefined,
    fix: (_, detail) =>
      detail === 'no-time'
        ? [
            say(
              'Give mailprobe more CPU time: raise or remove the CPU limit (resources.limits.cpu, CPUQuota=, --cpus), or reduce the other load of the machine. Or raise "interval", or add replicas: see docs/scaling.md.',
            ),
          ]
        : [
            say(
              'Raise "interval" to the time that a round takes, or spread the mailboxes of that app over several apps: Exchange Online limits what one app may do at once.',
            ),
            say(
              `Or set "concurrency.per_app" and "concurrency.total" higher, and watch for exchange-throttled. Each probe at once needs two file descriptors: raise their limit, too: ${RAISE_DESCRIPTORS}.`,
            ),
          ],
    takesEffect: 'Within minutes after a reload.',
  },
  'store-unavailable': {
    title: (_, detail) =>
      `mailprobe cannot use its store${STORE_FAILURES_SAID[detail ?? ''] ?? ''}: what happens now is kept in memory only, and lost if it ends`,
    owner: 'operator',
    scope: 'prober',
    severity: 'warning',
    references: [REFERENCES.store],
    symptom:
      'mailprobe_store_up is 0, and questions about the past are answered with 503. Probing continues, with a PostgreSQL store until the lease ends. Changes are written when the store is available again.',
    test: () =>
      'Look at the free space of the disk, at the owner of the file and its folder, and at who else has the file open: lsof FILE. Of a PostgreSQL database: pg_isready -h HOST.',
    lookAlikes: [],
    when: () => undefined,
    fix: (_, detail) => [
      say(
        STORE_FIXES[detail ?? ''] ??
          'Free some space on its disk, give the account of mailprobe write access to the file and its folder, and end every other process that has it open. No restart is needed.',
      ),
    ],
    takesEffect: 'Within a minute: it is tried again and again.',
  },
  'notification-failing': {
    title: () => 'Notifications do not arrive: a channel does not accept them',
    owner: 'operator',
    scope: 'prober',
    severity: 'warning',
    references: [REFERENCES.notifications],
    symptom:
      'mailprobe_notifications_total{outcome="retry"} or {outcome="failed"} rises, and the deliveries of incidents say pending or failed. Messages are tried again for a day, other channels are not affected.',
    test: () => 'mailprobe notify test prints the answer of each channel.',
    lookAlikes: [],
    when: () => undefined,
    fix: () => [
      shell(
        'Send a test; the evidence names the channels that fail. Correct the address, the key or the password, or open the way through firewall and proxy.',
        'mailprobe notify test',
      ),
    ],
    takesEffect: 'With the next attempt, within 15 minutes.',
  },
  'client-bug': {
    title: () => 'The client program does not follow the protocol',
    owner: 'operator',
    scope: 'prober',
    references: [REFERENCES.rfc3501, REFERENCES.rfc1939],
    symptom:
      'BAD Command received in Invalid state., BAD Command Error. 10, -ERR Command is not valid in this state., BYE Connection closed. 14 (the third bad or failed command), or an error in the program itself before the server had sent anything.',
    test: () =>
      'Read the protocol log: the order or form of the commands is wrong. With "Connection closed. 14", the two answers before it show the reason.',
    lookAlikes: [],
    when: (facts) => {
      const token = facts.token?.failure.kind === 'unexpected' ? facts.token.about : undefined;
      if (token !== undefined) return { confidence: 'certain', about: token };
      if (facts.mail?.failure.kind === 'unexpected') return { confidence: 'certain', about: 'mail' };
      if (hasPhrase(facts, 'invalid-state', 'pop-state', 'command-error') && facts.refusal === undefined)
        return { confidence: 'likely', about: 'mail' };
      const only =
        facts.refusal === undefined &&
        facts.mail?.phrases.size === 1 &&
        hasPhrase(facts, 'too-many-failures');
      return only ? { confidence: 'possible', about: 'mail' } : undefined;
    },
    fix: () => [
      say(
        'If the program is mailprobe, this is a bug: please report it with the evidence, which contains no secrets.',
      ),
      say(
        'In another program, log in once per connection, and find the first refused command; the later refusals follow from it.',
      ),
    ],
  },
} satisfies RuleTable;
