/** All routes of the HTTP interface, in the order of the OpenAPI document. */
import { ACT_ROUTES } from './act-routes.ts';
import { APP_ROUTES } from './app-routes.ts';
import { ASSET_ROUTES } from './asset-routes.ts';
import { CREDENTIAL_ROUTES } from './credential-routes.ts';
import { DETAIL_PAGE_ROUTES } from './detail-page-routes.ts';
import { EVENT_ROUTES } from './events-route.ts';
import { EXPIRY_PAGE_ROUTES } from './expiries-page-route.ts';
import { EXPLAIN_PAGE_ROUTES } from './explain-page-routes.ts';
import { EXPLAIN_ROUTES } from './explain-route.ts';
import { INCIDENT_PAGE_ROUTES } from './incident-page-routes.ts';
import { INCIDENT_ROUTES } from './incident-routes.ts';
import { MAINTENANCE_ROUTES } from './maintenance-routes.ts';
import { PAST_ROUTES } from './past-routes.ts';
import { HEALTH_ROUTES } from './health-route.ts';
import { MAILBOX_ROUTES } from './mailbox-routes.ts';
import { METRICS_ROUTES } from './metrics-route.ts';
import { OPENAPI_ROUTES } from './openapi-route.ts';
import { PAGE_ROUTES } from './page-route.ts';
import { PROBE_ROUTES } from './probe-route.ts';
import { PROBLEM_ROUTES } from './problem-routes.ts';
import { PROCESS_ROUTES } from './process-routes.ts';
import { REPLICA_ROUTES } from './replica-routes.ts';
import type { Route } from './route.ts';
import { STREAM_ROUTES } from './stream-route.ts';

export const ROUTES: readonly Route[] = [
  ...MAILBOX_ROUTES,
  ...APP_ROUTES,
  ...CREDENTIAL_ROUTES,
  ...PROBLEM_ROUTES,
  ...INCIDENT_ROUTES,
  ...PAST_ROUTES,
  ...MAINTENANCE_ROUTES,
  ...REPLICA_ROUTES,
  ...EXPLAIN_ROUTES,
  ...EVENT_ROUTES,
  ...HEALTH_ROUTES,
  ...PROBE_ROUTES,
  ...METRICS_ROUTES,
  ...PAGE_ROUTES,
  ...INCIDENT_PAGE_ROUTES,
  ...DETAIL_PAGE_ROUTES,
  ...EXPIRY_PAGE_ROUTES,
  ...EXPLAIN_PAGE_ROUTES,
  ...ACT_ROUTES,
  ...STREAM_ROUTES,
  ...ASSET_ROUTES,
  ...PROCESS_ROUTES,
  ...OPENAPI_ROUTES,
];
