/** Situations between this machine and the hosts. */
import type { Config } from '../../src/config/config.ts';
import type { Target } from '../../src/model/target.ts';
import { anOffice } from './office.ts';
import { reportedAt, type Situation } from './situation.ts';

const HOUR = 3_600_000;
const SANDBOX = '127.0.0.1';
/** Nothing listens there. */
const DEAD = '127.0.0.9';
/** For documentation (RFC 3849): no route leads there. */
const DEAD_IPV6 = '2001:db8::993';

/** The mail hosts by a name, which the situation resolves. */
function byName(config: Config): Config {
  const named = (target: Target): Target => ({
    ...target,
    endpoint: { ...target.endpoint, host: 'localhost' },
  });
  return { ...config, targets: config.targets.map(named) };
}

function resolving(): { addresses: readonly string[]; readonly lookup: () => Promise<readonly string[]> } {
  const resolver = {
    addresses: [SANDBOX] as readonly string[],
    lookup: async () => await Promise.resolve(resolver.addresses),
  };
  return resolver;
}

function deadAddress(name: string, addresses: readonly string[], expected: Partial<Situation>): Situation {
  const resolver = resolving();
  return {
    name,
    office: () => anOffice({ apps: 2 }),
    options: { adjust: byName, lookup: resolver.lookup, timeout: '20s' },
    play: async (stage) => {
      await stage.round();
      const healthy = reportedAt(stage);
      resolver.addresses = addresses;
      stage.later(HOUR / 4);
      await stage.settle();
      const dead = reportedAt(stage);
      resolver.addresses = [SANDBOX];
      await stage.round();
      return [healthy, dead, reportedAt(stage)];
    },
    story: [],
    downs: 8,
    ...expected,
  };
}

/** The machine sleeps while a probe is under way, and wakes up to a connection that is reset. */
function sleep(): Situation {
  const sleeper = {
    fallAsleep: (): void => undefined,
    lookup: async (): Promise<readonly string[]> => {
      sleeper.fallAsleep();
      return await Promise.resolve([SANDBOX]);
    },
  };
  return {
    name: 'this machine sleeps for an hour while its probes are under way',
    office: () => anOffice(),
    options: { adjust: byName, lookup: sleeper.lookup },
    play: async (stage) => {
      await stage.round();
      const before = reportedAt(stage);
      sleeper.fallAsleep = () => {
        stage.later(HOUR);
        stage.sandbox.change(({ faults }) => {
          faults.imap = { kind: 'reset' };
        });
        sleeper.fallAsleep = () => stage.sandbox.reset();
      };
      await stage.round(({ mailbox, protocol }) => mailbox.id === 'box-1-1' && protocol === 'imap');
      const [asleep] =
        stage.statusOf('box-1-1', 'imap')?.history.find(({ success }) => !success)?.diagnoses ?? [];
      await stage.round();
      return [before, asleep?.cause ?? 'nothing', reportedAt(stage)];
    },
    story: ['opens', 'prober-starved', 'opens'],
    downs: 0,
  };
}

export const NETWORK_SITUATIONS: readonly Situation[] = [
  deadAddress('the path over IPv6 is dead, and IPv4 works', [DEAD_IPV6, SANDBOX], {
    story: ['opens', 'ipv6-path; open: ipv6-path (endpoint)', 'opens'],
    listed: ['tcp-blocked'],
  }),
  deadAddress('one address among several is dead', [DEAD, SANDBOX], {
    story: ['opens', 'tcp-blocked; open: tcp-blocked (endpoint)', 'opens'],
    listed: ['exchange-transient'],
  }),
  sleep(),
];
