/**
 * The type of a route: its contract and its handler. The OpenAPI document, the guard, the validation of the query and
 * docs/api.md are all derived from the contract.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Access } from '../http/guard.ts';
import type { Parameter } from '../http/parameters.ts';
import type { ProblemType } from '../http/problem-types.ts';
import type { RouteContext } from './route-context.ts';

export interface Route {
  /** The `operationId` of OpenAPI. It names the method in a generated client. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** The path in the syntax of fastify: `/api/v1/mailboxes/:id`. */
  readonly path: string;
  readonly tag: 'state' | 'past' | 'act' | 'metrics' | 'service';
  /** Who may use the route if tokens are configured. */
  readonly access: Access;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  /** True if unknown query parameters are ignored. On other routes they are an error. */
  readonly ignoresQuery?: boolean;
  /** True if requests are answered ahead of all others. A supervisor that gets no answer would end this process. */
  readonly isUrgent?: boolean;
  /** True if the route sends an `ETag`, and 304 to a client that has the response already. */
  readonly conditional?: boolean;
  /** The body of a POST request. */
  readonly body?: Content;
  readonly answers:
    | { readonly 200: Answer; readonly 503?: Answer }
    /** The redirect to the page of a form. */
    | { readonly 303: Answer };
  /** The problem types besides the implied ones, `unauthorised`, `cross-site` and `bad-parameter`. */
  readonly problems?: readonly ProblemType[];
  /** Schemas to which only a description refers. */
  readonly mentions?: readonly z.ZodType[];
  readonly options?: { readonly bodyLimit?: number; readonly exposeHeadRoute?: false };
  /**
   * Called once for each server, so that the handler can keep state. Undefined if this server does not have the route.
   */
  readonly handler: (context: RouteContext) => Handler | undefined;
}

/** `query` holds the parameters by name. All of them are parameters of the route. */
export type Handler = (
  request: RouteRequest,
  reply: FastifyReply,
  query: ReadonlyMap<string, string>,
) => FastifyReply | Promise<FastifyReply> | undefined;

/** `id` is present if the path contains `:id`. */
export type RouteRequest = FastifyRequest<{ Params: { id: string } }>;

export interface Answer {
  readonly description: string;
  readonly content: Content;
}

/** The shape of a body for each media type: a schema with an id, any text, or any JSON object. */
export type Content = Readonly<Record<string, Shape>>;
export type Shape = z.ZodType | 'text' | 'object';
