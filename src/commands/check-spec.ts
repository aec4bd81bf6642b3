/** The command `check` as data for command-specs.ts: its options with their defaults, exit codes, an example. */
import { PROTOCOL_IDS } from '../model/protocol.ts';
import type { CommandSpec } from './command-line.ts';
import { CONFIG } from './config-option.ts';

export const CHECK_SPEC = {
  summary: 'probe the mailboxes once and name the cause of every failure',
  usage: ['check [MAILBOX...] [OPTIONS]'],
  description:
    'Probes the named mailboxes, or all, once over each configured protocol, and prints the stages and the verdict. With --from, reads the results from a running daemon and connects to nothing else.',
  options: {
    config: CONFIG,
    protocol: { type: 'string', value: PROTOCOL_IDS.join('|'), text: 'only this protocol' },
    format: {
      type: 'string',
      value: 'text|json|nagios',
      default: 'text',
      text: 'text for people, json for programs, nagios for monitoring plugins',
    },
    trace: {
      type: 'boolean',
      text: 'print the dialogue of each probe, stage by stage; secrets are redacted',
    },
    checklist: { type: 'boolean', text: 'print the set-up guide as a checklist in place of the verdicts' },
    watch: { type: 'boolean', text: 'probe again every 30 seconds until everything is healthy' },
    from: {
      type: 'string',
      value: 'URL',
      text: 'read from the daemon at this address, such as http://127.0.0.1:10993, in place of probing',
    },
    'token-file': {
      type: 'string',
      value: 'FILE',
      text: 'with --from: a file that holds the bearer token of the API',
    },
    'ca-file': {
      type: 'string',
      value: 'FILE',
      text: "with --from: a certificate authority to trust in addition to the system's",
    },
    warning: {
      type: 'string',
      value: 'DAYS',
      short: 'w',
      text: 'warn when a credential ends within this many days (default: the largest of expiry_thresholds)',
    },
    critical: {
      type: 'string',
      value: 'DAYS',
      short: 'c',
      text: 'critical when a credential ends within this many days (default: only when it has ended)',
    },
  },
  takesArguments: true,
  exitCodes: {
    0: 'OK: every mailbox opens',
    1: 'WARNING: every mailbox opens, but something needs attention, such as a secret that ends soon',
    2: 'CRITICAL: a mailbox does not open',
    3: 'UNKNOWN: no result: wrong command line or configuration, daemon not reachable, own network down',
  },
  example: 'mailprobe check qms-inbox --protocol imap',
  documentation: 'nagios.md',
} as const satisfies CommandSpec;
