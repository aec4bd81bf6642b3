/**
 * Reads the state of the mailboxes from the API of a running daemon, for `check --from`, which costs no login. If
 * mailboxes are named, it reads them one by one, otherwise it reads the list of all. Throws `DaemonError`.
 */
import { z } from 'zod';
import { CREDENTIAL_LIMIT_BYTES, FileError } from '../model/files.ts';
import { PROTOCOL_IDS, type Protocol } from '../model/protocol.ts';
import type { credentialListSchema } from '../report/resource/credential.ts';
import type { DiagnosisView } from '../report/resource/diagnosis.ts';
import { mailboxDetailSchema, mailboxListSchema, type protocolSchema } from '../report/resource/mailbox.ts';
import type { DaemonOptions } from './check-options.ts';
import type { CheckedTarget, CheckResult, ShownDiagnosis } from './check-result.ts';
import type { CommandIo } from './command.ts';
import { DaemonError, getJson, type JsonSource } from './get-json.ts';

/** At most this many pages of the list are read. Each holds up to 1,000 mailboxes. */
const MOST_PAGES = 100;

/** Accepts unknown members, because a newer daemon may send them. */
const mailboxes = z.looseObject(mailboxListSchema.shape);
const credentials = z.looseObject({
  credentials: z.array(z.looseObject({ app: z.string(), days_left: z.number().nullable() })),
});
type Credentials = z.infer<typeof credentialListSchema>['credentials'];

type ProtocolView = z.infer<typeof protocolSchema>;
type ProtocolDetail = NonNullable<z.infer<typeof mailboxDetailSchema>['protocols'][Protocol]>;
type MailboxView = Omit<z.infer<typeof mailboxDetailSchema>, 'protocols' | 'replica' | 'as_of'> & {
  readonly protocols: Readonly<Record<string, (ProtocolView & Partial<ProtocolDetail>) | undefined>>;
};

export async function askDaemon(
  { url, tokenFile, caFile }: DaemonOptions,
  {
    mailboxes: ids,
    protocol,
  }: { readonly mailboxes: readonly string[]; readonly protocol: string | undefined },
  io: Pick<CommandIo, 'files' | 'signal'>,
): Promise<CheckResult> {
  const source: JsonSource = {
    base: url,
    token: tokenFile === undefined ? undefined : await readFirstLine(tokenFile, 'the token file', io),
    ca: caFile === undefined ? undefined : await readText(caFile, 'the authority file', io),
    signal: io.signal,
  };
  const found = ids.length === 0 ? await readList(source) : await readEach(source, ids);
  const targets = found
    .flatMap(targetsOf)
    .filter((target) => protocol === undefined || target.protocol === protocol);
  if (targets.length === 0)
    throw new DaemonError(`the daemon watches none of these mailboxes over ${protocol ?? 'any protocol'}`);
  const apps = new Set(targets.map(({ app }) => app));
  const ends: Pick<Credentials[number], 'app' | 'days_left'>[] = (
    await getJson(source, 'api/v1/credentials', credentials)
  ).credentials;
  return {
    targets,
    credentials: ends.flatMap(({ app, days_left: daysLeft }) =>
      daysLeft === null || !apps.has(app) ? [] : [{ app, daysLeft }],
    ),
  };
}

async function readEach(source: JsonSource, ids: readonly string[]): Promise<readonly MailboxView[]> {
  const views: MailboxView[] = [];
  for (const id of ids) {
    views.push(await getJson(source, `api/v1/mailboxes/${encodeURIComponent(id)}`, mailboxDetailSchema));
  }
  return views;
}

async function readList(source: JsonSource): Promise<readonly MailboxView[]> {
  const views: MailboxView[] = [];
  let next: string | undefined = 'api/v1/mailboxes';
  for (let page = 0; next !== undefined && page < MOST_PAGES; page += 1) {
    const answer: z.infer<typeof mailboxes> = await getJson(source, next, mailboxes);
    views.push(...answer.mailboxes);
    // The path in `next` begins with `/`, the root of the daemon. A proxy can serve that root below a path of its own.
    // Without the slash, the path is relative to the root.
    next = answer.next?.replace(/^\//, '');
  }
  return views;
}

function targetsOf({ id, address, app, protocols }: MailboxView): readonly CheckedTarget[] {
  return PROTOCOL_IDS.flatMap((protocol) => {
    const view = protocols[protocol];
    return view === undefined ? [] : [targetOf({ mailbox: id, address, app, protocol }, view)];
  });
}

function targetOf(
  name: Pick<CheckedTarget, 'mailbox' | 'address' | 'app' | 'protocol'>,
  view: ProtocolView & Partial<ProtocolDetail>,
): CheckedTarget {
  const stages = view.stages ?? [];
  const messages = stages.find(({ stage }) => stage === 'open')?.facts['messages'];
  const failed = stages.find(({ outcome }) => outcome === 'failed');
  const state = view.up === null ? 'unknown' : view.up ? 'open' : 'down';
  const { mailbox, protocol, app } = name;
  return {
    ...name,
    state,
    ...(view.endpoint === undefined ? {} : { endpoint: view.endpoint }),
    ...(state === 'unknown' ? { note: describeUnknown(view) } : {}),
    ...(typeof view.seconds === 'number' ? { seconds: view.seconds } : {}),
    ...(typeof messages === 'number' ? { messages } : {}),
    ...(failed === undefined ? {} : { failedStage: failed.stage }),
    diagnoses: view.diagnoses.map(diagnosisOf),
    json: {
      mailbox,
      protocol,
      app,
      ok: view.up,
      seconds: view.seconds ?? null,
      suspect: view.suspect ?? false,
      stages,
      diagnoses: view.diagnoses,
    },
  };
}

function describeUnknown({ last_run: lastRun, success }: ProtocolView): string {
  if (lastRun === null) return 'not probed yet';
  return success === false
    ? 'the last probe failed; the failure is not confirmed yet'
    : `last probed at ${lastRun}`;
}

function diagnosisOf(view: DiagnosisView): ShownDiagnosis {
  return {
    cause: view.cause,
    confidence: view.confidence,
    scope: view.scope,
    subject: view.subject,
    owner: view.owner,
    severity: view.severity,
    title: view.title,
    evidence: view.evidence,
    fix: view.fix.map(({ text, command, shell }) => ({
      text,
      ...(command === undefined ? {} : { command }),
      ...(shell === undefined ? {} : { shell }),
    })),
    ...(view.takes_effect === null ? {} : { takesEffect: view.takes_effect }),
    lookAlikes: view.look_alikes,
    ...(view.alternative_to === null ? {} : { alternativeTo: view.alternative_to }),
    references: view.references,
  };
}

async function readFirstLine(path: string, what: string, io: Pick<CommandIo, 'files'>): Promise<string> {
  const lines = (await readText(path, what, io)).split('\n').map((each) => each.trim());
  const line = lines.find((each) => each !== '') ?? '';
  if (!/^[\x21-\x7E]+$/.test(line)) throw new DaemonError(`${what} ${path} holds no token`);
  return line;
}

async function readText(path: string, what: string, { files }: Pick<CommandIo, 'files'>): Promise<string> {
  try {
    return new TextDecoder().decode(await files.read(path, CREDENTIAL_LIMIT_BYTES));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new DaemonError(`cannot read ${what} ${path}: ${error.reason}`, { cause: error });
  }
}
