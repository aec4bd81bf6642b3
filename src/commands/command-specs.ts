/**
 * Every command: what it is for, its options with their defaults, exit codes, an example, its page of the documentation.
 * Data only: `main.ts` prints help from it without loading a command; each command parses its arguments with it.
 */
import { CHECK_SPEC } from './check-spec.ts';
import type { CommandSpec } from './command-line.ts';
import { CONFIG } from './config-option.ts';

const DONE_OR_WRONG = {
  0: 'done',
  3: 'the command line or the configuration is wrong; standard error says what',
} as const;

export const COMMAND_SPECS = {
  init: {
    summary: 'write a first mailprobe.yaml from the four strings of the set-up guide',
    usage: ['init [--tenant T] [--client-id ID] [--mailbox ADDRESS,...] [--secret-file FILE]'],
    description:
      'Asks for what the options leave open: tenant, client id, the client secret and the mailbox addresses. Writes a commented configuration and, beside it, the secret file, which only you can read; then checks both. The secret comes from the prompt, from standard input or from a file, never from an option. Connects to nothing.',
    options: {
      config: { ...CONFIG, text: 'the configuration to write; an existing file is never replaced' },
      tenant: { type: 'string', value: 'T', text: 'directory (tenant) id or a domain of the tenant' },
      'client-id': { type: 'string', value: 'ID', text: 'application (client) id' },
      mailbox: { type: 'string', value: 'ADDRESS,...', text: 'mailbox addresses, separated by commas' },
      app: {
        type: 'string',
        value: 'NAME',
        default: 'app',
        text: 'what the application is called in metrics and alerts',
      },
      'secret-file': {
        type: 'string',
        value: 'FILE',
        text: 'read the client secret from this file and leave it where it is; - reads standard input',
      },
    },
    takesArguments: false,
    exitCodes: {
      0: 'both files are written and the configuration is valid',
      3: 'an answer is missing or malformed, or a file exists already; nothing is written',
    },
    example: `mailprobe init --tenant contoso.example --client-id 66666666-7777-8888-9999-000000000000 \\
  --mailbox qms@contoso.example --secret-file - < secret.txt`,
    documentation: 'setup.md',
  },
  check: CHECK_SPEC,
  serve: {
    summary: 'the daemon: probe at an interval, serve metrics, health, API and status page',
    usage: ['serve [--config FILE]'],
    description:
      'Runs in the foreground until SIGINT or SIGTERM. SIGHUP or a changed file reloads the configuration; an invalid file leaves the old configuration in use.',
    options: { config: CONFIG },
    takesArguments: false,
    exitCodes: {
      0: 'ended by a signal',
      3: 'the configuration is invalid or the address is in use; standard error says which',
    },
    example: 'mailprobe serve --config /etc/mailprobe/mailprobe.yaml',
    documentation: 'deployment.md',
  },
  report: {
    summary: 'availability and incidents of the past, from the store',
    usage: ['report [--from D] [--until D] [--by KEY] [--format text|csv|json]'],
    description:
      'Reads the store beside a running daemon and prints, for each mailbox, app or value of a label, for how long it was up, down, unknown, in maintenance and not watched, and the incidents of that time. Connects to nothing.',
    options: {
      config: CONFIG,
      from: { type: 'string', value: 'D', text: 'a date or RFC 3339 time (default: 30 days before the end)' },
      until: { type: 'string', value: 'D', text: 'a date or RFC 3339 time (default: now)' },
      by: {
        type: 'string',
        value: 'KEY',
        default: 'mailbox',
        text: 'what a line stands for: mailbox, app or label.NAME',
      },
      format: {
        type: 'string',
        value: 'text|csv|json',
        default: 'text',
        text: 'for people, spreadsheets (RFC 4180), or programs',
      },
    },
    takesArguments: false,
    exitCodes: {
      0: 'printed',
      3: 'the command line or the configuration is wrong, or there is no store; standard error says which',
    },
    example: 'mailprobe report --from 2026-11-01 --until 2026-12-01 --by app',
    documentation: 'store.md',
  },
  backup: {
    summary: 'copy the store to a new file, while the daemon runs',
    usage: ['backup FILE [--config FILE]'],
    description:
      'Writes a complete copy of the store, for its owner only. A file that is there already is not replaced. Connects to nothing.',
    options: { config: CONFIG },
    takesArguments: true,
    exitCodes: {
      0: 'copied',
      3: 'the command line or the configuration is wrong, there is no store, or the copy cannot be written',
    },
    example: 'mailprobe backup /backup/mailprobe-2026-11-28.db',
    documentation: 'store.md',
  },
  explain: {
    summary: 'name the cause in a pasted error, log or token',
    usage: ['explain [FILE] [--format text|json]'],
    description:
      'Reads a file, or standard input, and names the cause of what a mail client, a log or the token endpoint printed. Sends nothing anywhere.',
    options: {
      format: {
        type: 'string',
        value: 'text|json',
        default: 'text',
        text: 'text for people, json for programs',
      },
    },
    takesArguments: true,
    exitCodes: { 0: 'something was recognized', 3: 'nothing was recognized, or the file cannot be read' },
    example: "echo 'AADSTS7000222: The provided client secret keys are expired.' | mailprobe explain",
    documentation: 'diagnoses.md',
  },
  config: {
    summary: 'check the configuration, print its schema',
    usage: ['config check [--config FILE] [--without-secrets]', 'config schema'],
    description:
      'check names every mistake of the configuration with its line, all at once. schema prints its JSON Schema, for editors. Connects to nothing.',
    options: {
      config: CONFIG,
      'without-secrets': {
        type: 'boolean',
        text: 'check: secrets, keys and tokens may be absent, as in a pipeline',
      },
    },
    takesArguments: true,
    exitCodes: { 0: 'valid', 3: 'invalid; every mistake is on standard error' },
    example: 'mailprobe config check --config mailprobe.yaml',
    documentation: 'configuration.md',
  },
  notify: {
    summary: 'send a test through the notification channels',
    usage: ['notify test [CHANNEL...] [--config FILE]'],
    description:
      'Sends a message that says it is a test through the named channels, or all, and prints what the other side answers. Incidents are sent by serve.',
    options: { config: CONFIG },
    takesArguments: true,
    exitCodes: {
      0: 'every channel accepted the test',
      2: 'a channel did not; its line says why',
      3: 'the command line or the configuration is wrong, or there is no channel',
    },
    example: 'mailprobe notify test ops',
    documentation: 'notifications.md',
  },
  'setup-script': {
    summary: 'print the set-up guide as one PowerShell script',
    usage: ['setup-script [--app ID] [--rollback] [--config FILE]'],
    description:
      'Prints a PowerShell script that grants what the configured apps and mailboxes need in Entra and Exchange. Needs no secret and connects to nothing.',
    options: {
      app: { type: 'string', value: 'ID', text: 'only this app of the configuration' },
      rollback: {
        type: 'boolean',
        text: 'print the commands that take all of it back, to be pasted one by one',
      },
      config: CONFIG,
    },
    takesArguments: false,
    exitCodes: DONE_OR_WRONG,
    example: 'mailprobe setup-script --app plm > setup.ps1',
    documentation: 'setup.md',
  },
  sandbox: {
    summary: 'run a simulated tenant, to rehearse alerts',
    usage: ['sandbox [--port N] [--directory DIR] [--names HOST,HOST]'],
    description:
      'Runs a simulated Microsoft 365 tenant on this machine, with a control API, until Ctrl-C. Writes a configuration that watches it. Nothing in it is or reaches Microsoft.',
    options: {
      port: {
        type: 'string',
        value: 'N',
        text: 'port of the control API; the others take the ports after it (default: any free ports)',
      },
      directory: {
        type: 'string',
        value: 'DIR',
        text: 'where to write the configuration and its secret files, and keep them (default: a temporary folder)',
      },
      names: {
        type: 'string',
        value: 'HOST,HOST',
        text: 'more names for its certificates, for clients that reach it as outlook.office365.com',
      },
    },
    takesArguments: false,
    exitCodes: { 0: 'ended by a signal', 3: 'the command line is wrong, or a port is in use' },
    example: 'mailprobe sandbox --port 11000 --directory ./lab',
    documentation: 'sandbox.md',
  },
  demo: {
    summary: 'a simulated tenant and the daemon that watches it',
    usage: ['demo [--port N]'],
    description:
      'Starts a simulated tenant and the daemon, shows every verdict as it comes, and keeps running until Ctrl-C. Needs no configuration and no network.',
    options: {
      port: {
        type: 'string',
        value: 'N',
        default: '10993',
        text: 'port of the status page; 0 takes any free port',
      },
    },
    takesArguments: false,
    exitCodes: { 0: 'ended by a signal', 3: 'the port is in use' },
    example: 'mailprobe demo --port 0',
    documentation: 'sandbox.md',
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

export type CommandName = keyof typeof COMMAND_SPECS;
