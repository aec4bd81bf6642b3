/**
 * What a route is: its contract and its handler, in one place. The OpenAPI document, the guard, the check of the query
 * and docs/api.md are made from the contract. `routes.ts` lists all routes, `http-server.ts` serves them.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Access } from '../http/guard.ts';
import type { Parameter } from '../http/parameters.ts';
import type { ProblemType } from '../http/problem-types.ts';
import type { RouteContext } from './route-context.ts';

export interface Route {
  /** `operationId`: the name of the method in a generated client. */
  readonly id: string;
  readonly method: 'GET' | 'POST';
  /** As the router writes it: `/api/v1/mailboxes/:id`. */
  readonly path: string;
  readonly tag: 'state' | 'act' | 'metrics' | 'service';
  /** Who may ask for it while tokens are set. */
  readonly access: Access;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  /** Query parameters that are not listed are ignored. Elsewhere they are an error. */
  readonly ignoresQuery?: boolean;
  /** Carries an `ETag`; 304 to a client that has the answer already. */
  readonly conditional?: boolean;
  /** What a POST takes. */
  readonly body?: Content;
  readonly answers: { readonly 200: Answer; readonly 503?: Answer };
  /** Besides those that follow from the rest: `unauthorised`, `cross-site` and `bad-parameter`. */
  readonly problems?: readonly ProblemType[];
  /** Schemas that only a description names. */
  readonly mentions?: readonly z.ZodType[];
  /** For fastify. */
  readonly options?: { readonly bodyLimit?: number; readonly exposeHeadRoute?: false };
  /** Made once for each server, so that it can keep something. Undefined: this server does not have the route. */
  readonly handler: (context: RouteContext) => Handler | undefined;
}

/** `query`: the parameters by name, each of them known to the route. */
export type Handler = (
  request: RouteRequest,
  reply: FastifyReply,
  query: ReadonlyMap<string, string>,
) => FastifyReply | Promise<FastifyReply> | undefined;

/** `id` is there where the path has `:id`. */
export type RouteRequest = FastifyRequest<{ Params: { id: string } }>;

export interface Answer {
  readonly description: string;
  readonly content: Content;
}

/** By media type: a schema with a name, or text without one. */
export type Content = Readonly<Record<string, Shape>>;
export type Shape = z.ZodType | 'text' | 'object';
