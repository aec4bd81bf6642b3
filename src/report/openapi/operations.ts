/**
 * Every route of the HTTP interface, one row each: what it takes, what it answers, who may ask. The OpenAPI document
 * and the guard are made from it; a test holds it equal to the routes of the server.
 */
import { API_OPERATIONS } from './api-operations.ts';
import type { Operation } from './operation.ts';
import { SERVICE_OPERATIONS } from './service-operations.ts';

export const OPERATIONS: readonly Operation[] = [...API_OPERATIONS, ...SERVICE_OPERATIONS];
