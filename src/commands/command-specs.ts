/**
 * The specs of all commands: purpose, options with their defaults, exit codes, an example, the page of the
 * documentation. Data only: `main.ts` prints help from it without loading a command, and each command parses its
 * arguments with it.
 */
import { CHECK_SPEC } from './check-spec.ts';
import type { CommandSpec } from './command-line.ts';
import { CONFIG } from './config-option.ts';

const DONE_OR_WRONG = {
  0: 'done',
  3: 'the command line or the configuration is wrong; standard error has the reason',
} as const;

export const COMMAND_SPECS = {
  init: {
    summary: 'create mailprobe.yaml from the four strings of the set-up guide',
    usage: ['init [--tenant T] [--client-id ID] [--mailbox ADDRESS,...] [--secret-file FILE]'],
    description:
      'Asks for values that the options do not give: tenant, client id, the client secret and the mailbox addresses. Writes a commented configuration and, next to it, the secret file, which only you can read. Then checks both. The secret comes from the prompt, from standard input or from a file, never from an option. Connects to nothing.',
    options: {
      config: { ...CONFIG, text: 'the configuration to write; an existing file is never replaced' },
      tenant: { type: 'string', value: 'T', text: 'directory (tenant) id or a domain of the tenant' },
      'client-id': { type: 'string', value: 'ID', text: 'application (client) id' },
      mailbox: { type: 'string', value: 'ADDRESS,...', text: 'mailbox addresses, separated by commas' },
      app: {
        type: 'string',
        value: 'NAME',
        default: 'app',
        text: 'the name of the application in metrics and alerts',
      },
      'secret-file': {
        type: 'string',
        value: 'FILE',
        text: 'use this file for the client secret, without copying it; - reads standard input',
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
    summary: 'run the daemon: probe at an interval, serve metrics, health, API and status page',
    usage: ['serve [--config FILE]'],
    description:
      'Runs in the foreground until SIGINT or SIGTERM. SIGHUP or a changed file reloads the configuration. If the new one is invalid, the old one stays in use.',
    options: { config: CONFIG },
    takesArguments: false,
    exitCodes: {
      0: 'ended by a signal',
      3: 'the configuration is invalid or the address is in use; standard error has the reason',
    },
    example: 'mailprobe serve --config /etc/mailprobe/mailprobe.yaml',
    documentation: 'deployment.md',
  },
  report: {
    summary: 'report availability and past incidents from the store',
    usage: ['report [--from D] [--until D] [--by KEY] [--format text|csv|json]'],
    description:
      'Reads the store, also while the daemon runs. Prints for each mailbox, app or value of a label how long it was up, down, unknown, in maintenance and not watched, and the incidents of that time. Connects to nothing else.',
    options: {
      config: CONFIG,
      from: { type: 'string', value: 'D', text: 'a date or RFC 3339 time (default: 30 days before the end)' },
      until: { type: 'string', value: 'D', text: 'a date or RFC 3339 time (default: now)' },
      by: {
        type: 'string',
        value: 'KEY',
        default: 'mailbox',
        text: 'one line for each mailbox, app or label.NAME',
      },
      format: {
        type: 'string',
        value: 'text|csv|json',
        default: 'text',
        text: 'text for people, csv for spreadsheets (RFC 4180), json for programs',
      },
    },
    takesArguments: false,
    exitCodes: {
      0: 'printed',
      3: 'the command line or the configuration is wrong, or there is no store; standard error has the reason',
    },
    example: 'mailprobe report --from 2026-11-01 --until 2026-12-01 --by app',
    documentation: 'store.md',
  },
  backup: {
    summary: 'copy the store to a new file, while the daemon runs',
    usage: ['backup FILE [--config FILE]'],
    description:
      'Writes a complete copy of the store that only its owner can read. An existing file is not replaced. Connects to nothing.',
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
    summary: 'name the cause of a pasted error, log or token',
    usage: ['explain [FILE] [--format text|json]'],
    description:
      'Reads a file or standard input with the output of a mail client, a log or the token endpoint, and names the cause. Sends nothing anywhere.',
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
      'check reports all errors of the configuration, each with its line. schema prints its JSON Schema, for editors. Connects to nothing.',
    options: {
      config: CONFIG,
      'without-secrets': {
        type: 'boolean',
        text: 'check: accept that secrets, keys and tokens are absent, as in a pipeline',
      },
    },
    takesArguments: true,
    exitCodes: { 0: 'valid', 3: 'invalid; all errors are on standard error' },
    example: 'mailprobe config check --config mailprobe.yaml',
    documentation: 'configuration.md',
  },
  notify: {
    summary: 'send a test through the notification channels',
    usage: ['notify test [CHANNEL...] [--config FILE]'],
    description:
      'Sends a message marked as a test through the named channels, or all, and prints the answers of the receivers. Incidents are sent by serve.',
    options: { config: CONFIG },
    takesArguments: true,
    exitCodes: {
      0: 'every channel accepted the test',
      2: 'a channel did not; its line has the reason',
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
      app: { type: 'string', value: 'ID', text: 'only for this app of the configuration' },
      rollback: {
        type: 'boolean',
        text: 'print the commands that undo the set-up, to be pasted one by one',
      },
      config: CONFIG,
    },
    takesArguments: false,
    exitCodes: DONE_OR_WRONG,
    example: 'mailprobe setup-script --app plm > setup.ps1',
    documentation: 'setup.md',
  },
  sandbox: {
    summary: 'run a simulated tenant, to test alerts',
    usage: ['sandbox [--port N] [--directory DIR] [--names HOST,HOST]'],
    description:
      'Runs a simulated Microsoft 365 tenant on this machine, with a control API, until Ctrl-C. Writes a configuration that watches it. Nothing of it belongs to Microsoft or connects to Microsoft.',
    options: {
      port: {
        type: 'string',
        value: 'N',
        text: 'port of the control API; the other servers use the ports after it (default: any free ports)',
      },
      directory: {
        type: 'string',
        value: 'DIR',
        text: 'folder for the configuration and its secret files, which is kept (default: a temporary folder)',
      },
      names: {
        type: 'string',
        value: 'HOST,HOST',
        text: 'additional names in its certificates, for clients that reach it as outlook.office365.com',
      },
    },
    takesArguments: false,
    exitCodes: { 0: 'ended by a signal', 3: 'the command line is wrong, or a port is in use' },
    example: 'mailprobe sandbox --port 11000 --directory ./lab',
    documentation: 'sandbox.md',
  },
  demo: {
    summary: 'run a simulated tenant and the daemon that watches it',
    usage: ['demo [--port N]'],
    description:
      'Starts a simulated tenant and the daemon, shows each verdict, and runs until Ctrl-C. Needs no configuration and no network.',
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
