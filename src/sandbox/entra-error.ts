/**
 * Entra's refusals, with number, OAuth `error`, HTTP status and message, and their response body. `entra-token.ts`,
 * `entra-credential.ts` and `entra-request.ts` throw them, and `entra.ts` sends them. The messages are taken from
 * public threads and from "Microsoft Entra authentication and authorization error codes".
 */
import { randomUUID } from 'node:crypto';

export class EntraError extends Error {
  override readonly name = 'EntraError';
  readonly code: number;
  readonly error: string;
  readonly status: number;

  constructor(code: number, error: string, text: string, status = error === 'invalid_client' ? 401 : 400) {
    super(text);
    this.code = code;
    this.error = error;
    this.status = status;
  }
}

export interface ErrorContext {
  /** The time of the simulated servers, in epoch milliseconds. */
  readonly now: number;
  /** The client's `client-request-id`. */
  readonly clientRequestId?: string | undefined;
  /** The token endpoint's `https://host:port`. */
  readonly authority: string;
}

export interface ErrorBody {
  readonly error: string;
  readonly error_description: string;
  readonly error_codes: readonly number[];
  readonly timestamp: string;
  readonly trace_id: string;
  readonly correlation_id: string;
  readonly error_uri: string;
}

export function errorBody(error: EntraError, context: ErrorContext): ErrorBody {
  const traceId = randomUUID();
  const correlationId = /^[\da-f-]{36}$/i.test(context.clientRequestId ?? '')
    ? (context.clientRequestId ?? '')
    : randomUUID();
  const timestamp = entraTime(context.now);
  return {
    error: error.error,
    error_description: `AADSTS${error.code}: ${error.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [error.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `${context.authority}/error?code=${error.code}`,
  };
}

/** Formats a time like `2025-12-01 16:58:37Z`. */
export function entraTime(now: number): string {
  return new Date(now).toISOString().replace('T', ' ').replace(/\.\d+/, '');
}

export function tenantNotFound(segment: string, asked: 'token' | 'discovery'): EntraError {
  // The discovery document refuses with `invalid_tenant`, the token endpoint with `invalid_request`.
  return new EntraError(
    90002,
    asked === 'discovery' ? 'invalid_tenant' : 'invalid_request',
    `Tenant '${segment}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  );
}

export function tenantMalformed(segment: string): EntraError {
  return new EntraError(
    900023,
    'invalid_request',
    `Specified tenant identifier '${segment}' is neither a valid DNS name, nor a valid external domain.`,
  );
}

export function parameterMissing(name: string): EntraError {
  return new EntraError(
    900144,
    'invalid_request',
    `The request body must contain the following parameter: '${name}'.`,
  );
}
