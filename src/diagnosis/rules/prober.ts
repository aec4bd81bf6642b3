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
  'disk-full': ' (the disk is full)',
  'read-only': ' (it may not write to it)',
  locked: ' (another process has locked it)',
  corrupt: ' (the file is damaged)',
  slow: ' (it does not answer)',
  unreachable: ' (its server cannot be reached)',
  denied: ' (its server refuses the account)',
  'newer-schema': ' (a later version of mailprobe has written it)',
  'not-ours': ' (the file is the database of another program)',
};

const STORE_FIXES: Readonly<Record<string, string>> = {
  'disk-full': 'Free some space on the disk of the store. No restart is needed.',
  'read-only': 'Give the account of mailprobe write access to the file and its folder. No restart is needed.',
  locked: 'End the backup or the tool that has the file open. No restart is needed.',
  slow: 'Check the load of the disk, and the network if the disk is a network disk. Use a local disk if you can.',
  unreachable: 'Start the database server, or fix the network to it. No restart is needed.',
  denied:
    'Put the current password into the "password_file" of "store", and give the account its rights: see docs/store.md. No restart is needed.',
  'newer-schema':
    'Install the later version of mailprobe again, or set "store" to another file and restart mailprobe.',
  'not-ours': 'Set "store" to another file and restart mailprobe.',
};

export const PROBER_RULES = {
  'prober-starved': {
    title: () =>
      'mailprobe itself lacks CPU time or file descriptors, so the state of the mailboxes is unknown',
    owner: 'operator',
    scope: 'prober',
    references: [REFERENCES.performance],
    symptom:
      'One of these: EMFILE, ENFILE, ENOBUFS, ENOMEM or EBUSY when a connection is opened; a credential file that was not read before the deadline (file-slow), or not tried because reads of other files hang (file-not-tried); a probe or token request that timed out while this process stood still for more than half of the time; a connection that was reset, closed or ended by BYE after this process had stood still for 5 s or more. The reasons are a CPU limit, an overloaded or paused machine, a laptop that slept, or a clock that was set. A refusal by a server never counts as this.',
    test: () =>
      'For EMFILE, compare the number that ls /proc/PID/fd | wc -l prints with the limit in /proc/PID/limits. For file-slow, run time cat FILE. Otherwise check nr_throttled in cpu.stat of the cgroup, and the load of the machine.',
    lookAlikes: ['tcp-blocked', 'exchange-transient'],
    when: (facts) => {
      if (facts.pasted || !isStarved(facts.evidence)) return undefined;
      const [failed] = failedStages(facts.evidence);
      const about = failed?.stage === 'token' ? 'token' : failed?.stage === 'claims' ? 'claims' : 'mail';
      return { confidence: 'certain', about };
    },
    fix: () => [
      say(
        `For EMFILE, raise the limit of file descriptors (${RAISE_DESCRIPTORS}), or lower concurrency.total.`,
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
      'mailprobe_scheduler_lag_seconds is more than half of an interval for two minutes or longer. Each result is right when it arrives, but the next one arrives late. The evidence says how late, and which limit of concurrent probes is the reason.',
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
              `Or set "concurrency.per_app" and "concurrency.total" higher, and watch for exchange-throttled. Each concurrent probe needs two file descriptors, so raise their limit too: ${RAISE_DESCRIPTORS}.`,
            ),
          ],
    takesEffect: 'Within minutes after a reload.',
  },
  'store-unavailable': {
    title: (_, detail) =>
      `mailprobe cannot use its store${STORE_FAILURES_SAID[detail ?? ''] ?? ''}: changes are kept in memory only, and lost if mailprobe ends`,
    owner: 'operator',
    scope: 'prober',
    severity: 'warning',
    references: [REFERENCES.store],
    symptom:
      'mailprobe_store_up is 0, and requests about the past (incidents, history, availability) get 503. Probing continues; with a PostgreSQL store, only until the lease ends. Changes are written when the store is available again.',
    test: () =>
      'Check the free space of the disk, the owner of the file and its folder, and which processes have the file open (lsof FILE). For a PostgreSQL database, run pg_isready -h HOST.',
    lookAlikes: [],
    when: () => undefined,
    fix: (_, detail) => [
      say(
        STORE_FIXES[detail ?? ''] ??
          'Free some space on its disk, give the account of mailprobe write access to the file and its folder, and end every other process that has it open. No restart is needed.',
      ),
    ],
    takesEffect: 'Within a minute: mailprobe keeps trying.',
  },
  'notification-failing': {
    title: () => 'Notifications do not arrive: a channel cannot be reached or does not accept them',
    owner: 'operator',
    scope: 'prober',
    severity: 'warning',
    references: [REFERENCES.notifications],
    symptom:
      'mailprobe_notifications_total{outcome="retry"} or {outcome="failed"} rises, and the deliveries of incidents say pending or failed. mailprobe tries to send a message for a day. Other channels are not affected.',
    test: () => 'mailprobe notify test prints the answer of each channel.',
    lookAlikes: [],
    when: () => undefined,
    fix: () => [
      shell(
        'Send a test; the evidence names the channels that fail. Correct the address, the key or the password, or let mailprobe connect through the firewall and the proxy.',
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
      'BAD Command received in Invalid state., BAD Command Error. 10, -ERR Command is not valid in this state., BYE Connection closed. 14 (the third bad or failed command), or an error in the program itself before the server sent anything.',
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
