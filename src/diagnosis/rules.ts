/**
 * The table of all rules. The compiler checks that each cause has a rule. A new rule needs an id in model/cause.ts, an
 * object in a file of `rules/`, and a case in test/cases.
 */
import type { Cause } from '../model/cause.ts';
import type { Rule } from './rule.ts';
import { APP_POLICY_RULES } from './rules/app-policy.ts';
import { APPLICATION_RULES } from './rules/application.ts';
import { ASSERTION_RULES } from './rules/assertion.ts';
import { CERTIFICATE_RULES } from './rules/certificate.ts';
import { CLOCK_RULES } from './rules/clock.ts';
import { CREDENTIAL_RULES } from './rules/credential.ts';
import { EXCHANGE_RULES } from './rules/exchange.ts';
import { LOGIN_RULES } from './rules/login.ts';
import { MAILBOX_RULES } from './rules/mailbox.ts';
import { NETWORK_RULES } from './rules/network.ts';
import { PERMISSION_RULES } from './rules/permission.ts';
import { PROBER_RULES } from './rules/prober.ts';
import { REGISTRATION_RULES } from './rules/registration.ts';
import { REQUEST_RULES } from './rules/request.ts';
import { ROUTE_RULES } from './rules/route.ts';
import { SECRET_RULES } from './rules/secret.ts';
import { TENANT_RULES } from './rules/tenant.ts';
import { TLS_RULES } from './rules/tls.ts';
import { TOKEN_RULES } from './rules/token.ts';
import { TOKEN_SERVICE_RULES } from './rules/token-service.ts';
import { UNEXPLAINED_RULES } from './rules/unexplained.ts';

export const RULES: Readonly<Record<Cause, Rule>> = {
  ...TENANT_RULES,
  ...APPLICATION_RULES,
  ...SECRET_RULES,
  ...APP_POLICY_RULES,
  ...ASSERTION_RULES,
  ...CREDENTIAL_RULES,
  ...REQUEST_RULES,
  ...TOKEN_SERVICE_RULES,
  ...PERMISSION_RULES,
  ...TOKEN_RULES,
  ...REGISTRATION_RULES,
  ...MAILBOX_RULES,
  ...LOGIN_RULES,
  ...EXCHANGE_RULES,
  ...NETWORK_RULES,
  ...ROUTE_RULES,
  ...CERTIFICATE_RULES,
  ...TLS_RULES,
  ...CLOCK_RULES,
  ...PROBER_RULES,
  ...UNEXPLAINED_RULES,
};
