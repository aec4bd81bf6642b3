/** What an event says: enough to act on, and the ids under which the rest is asked for. */
import type { z } from 'zod';
import type { Problem, StatusChange } from '../../model/status.ts';
import type { problemEventSchema, statusEventSchema } from '../schema/event-schema.ts';
import { rfc3339 } from './json.ts';

export function statusEventView(change: StatusChange): z.infer<typeof statusEventSchema> {
  const { target, from, to, at, look } = change;
  const [first] = look.diagnoses;
  return {
    at: rfc3339(at),
    mailbox: target.mailbox.id,
    protocol: target.protocol,
    app: target.app.id,
    from,
    to,
    cause: first?.cause ?? null,
    title: first?.title ?? null,
  };
}

export function problemEventView(problem: Problem, at: number): z.infer<typeof problemEventSchema> {
  const { id, cause, scope, subject, owner, severity, confidence, since, title } = problem;
  return {
    at: rfc3339(at),
    id,
    cause,
    scope,
    subject,
    owner,
    severity,
    confidence,
    since: rfc3339(since),
    affected_mailboxes_count: problem.affectedMailboxes.length,
    title,
  };
}
