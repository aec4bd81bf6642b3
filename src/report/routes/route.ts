/**
 * The shape of a route: its contract and its handler. The contract drives the OpenAPI document, the guard, the
 * validation of the query and docs/api.md. `routes.ts` lists all routes, `http-server.ts` serves them.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Access } from '../http/guard.ts';
import type { Parameter } from '../http/parameters.ts';
import type { ProblemType } from '../http/problem-types.ts';
import type { RouteContext } from './route-context.ts';

export interface Route {
  /** OpenAPI's `operationId`, which names the method in a generated client. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** In the router's syntax: `/api/v1/mailboxes/:id`. */
  readonly path: string;
  readonly tag: 'state' | 'past' | 'act' | 'metrics' | 'service';
  /** Who may use it while tokens are set. */
  readonly access: Access;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  /** If true, unknown query parameters are ignored. On other routes they are an error. */
  readonly ignoresQuery?: boolean;
  /**
   * If true, requests are answered at once, ahead of all others, because a supervisor that gets no answer ends the
   * process.
   */
  readonly isUrgent?: boolean;
  /** If true, the route sends an `ETag`, and 304 to a client that has the response already. */
  readonly conditional?: boolean;
  /** The body of a POST. */
  readonly body?: Content;
  readonly answers:
    | { readonly 200: Answer; readonly 503?: Answer }
    /** A form redirects to its page. */
    | { readonly 303: Answer };
  /** The problems besides the implied ones, which are `unauthorised`, `cross-site` and `bad-parameter`. */
  readonly problems?: readonly ProblemType[];
  /** Schemas that only a description refers to. */
  readonly mentions?: readonly z.ZodType[];
  /** Route options of fastify. */
  readonly options?: { readonly bodyLimit?: number; readonly exposeHeadRoute?: false };
  /** Called once per server, so that the handler can keep state. Undefined if this server does not have the route. */
  readonly handler: (context: RouteContext) => Handler | undefined;
}

/** `query` holds parameters by name; all of them belong to the route. */
export type Handler = (
  request: RouteRequest,
  reply: FastifyReply,
  query: ReadonlyMap<string, string>,
) => FastifyReply | Promise<FastifyReply> | undefined;

/** `id` is present if the path has `:id`. */
export type RouteRequest = FastifyRequest<{ Params: { id: string } }>;

export interface Answer {
  readonly description: string;
  readonly content: Content;
}

/** The shape by media type: a schema with an id, any text, or any JSON object. */
export type Content = Readonly<Record<string, Shape>>;
export type Shape = z.ZodType | 'text' | 'object';
