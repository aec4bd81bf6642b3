/** The pages that diagnoses refer to, most of them Microsoft's. */
const LEARN = 'https://learn.microsoft.com';

export const REFERENCES = {
  guide: 'Highstage DOCU13517, OAuth Registration for Microsoft 365 / Azure AD',
  notifications: 'https://github.com/mailprobe/mailprobe/blob/main/docs/notifications.md',
  store: 'https://github.com/mailprobe/mailprobe/blob/main/docs/store.md',
  codes: `${LEARN}/entra/identity-platform/reference-error-codes`,
  mailOauth: `${LEARN}/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth`,
  clientCredentials: `${LEARN}/entra/identity-platform/v2-oauth2-client-creds-grant-flow`,
  certificateCredentials: `${LEARN}/entra/identity-platform/certificate-credentials`,
  federation: `${LEARN}/entra/workload-id/workload-identity-federation`,
  addPassword: `${LEARN}/graph/api/application-addpassword`,
  appPolicies: `${LEARN}/graph/api/resources/applicationauthenticationmethodpolicy`,
  grantRole: `${LEARN}/graph/permissions-grant-via-msgraph`,
  adminConsent: `${LEARN}/entra/identity/enterprise-apps/grant-admin-consent`,
  newServicePrincipal: `${LEARN}/powershell/module/exchangepowershell/new-serviceprincipal`,
  getServicePrincipal: `${LEARN}/powershell/module/exchangepowershell/get-serviceprincipal`,
  addMailboxPermission: `${LEARN}/powershell/module/exchangepowershell/add-mailboxpermission`,
  setCasMailbox: `${LEARN}/powershell/module/exchangepowershell/set-casmailbox`,
  disableSignIn: `${LEARN}/entra/identity/enterprise-apps/disable-user-sign-in-portal`,
  workloadAccess: `${LEARN}/entra/identity/conditional-access/workload-identity`,
  tenantRestrictions: `${LEARN}/entra/identity/enterprise-apps/tenant-restrictions`,
  nationalClouds: `${LEARN}/entra/identity-platform/authentication-national-cloud`,
  throttling: `${LEARN}/entra/identity-platform/reference-breaking-changes`,
  basicAuth: `${LEARN}/exchange/clients-and-mobile-in-exchange-online/deprecation-of-basic-authentication-exchange-online`,
  endpoints: `${LEARN}/microsoft-365/enterprise/urls-and-ip-address-ranges`,
  serviceHealth: 'https://admin.cloud.microsoft/#/servicehealth',
  accessToken: `${LEARN}/entra/identity-platform/access-token-claims-reference`,
  graphApplication: `${LEARN}/graph/api/application-get`,
  popImapSettings:
    'https://support.microsoft.com/office/pop-imap-and-smtp-settings-8361e398-8af4-4e97-b147-6c6c4ac95353',
  legacyTls:
    'https://techcommunity.microsoft.com/blog/exchange/deprecating-legacy-tls-and-endpoints-for-pop-and-imap-in-exchange-online/4515201',
  tlsPrep: `${LEARN}/purview/prepare-tls-1.2-in-office-365`,
  xoauth2: 'https://developers.google.com/workspace/gmail/imap/xoauth2-protocol',
  rfc3501: 'https://www.rfc-editor.org/rfc/rfc9051',
  rfc1939: 'https://www.rfc-editor.org/rfc/rfc1939',
} as const;
