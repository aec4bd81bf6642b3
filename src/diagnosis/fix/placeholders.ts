/** Placeholders in commands for values that are not known. `step.ts` tells the reader to replace them. */
export const PLACEHOLDERS = {
  address: '<mailbox address>',
  clientId: '<client id>',
  exchangeEnvironment: '<environment of your cloud>',
  proxyUser: '<proxy user>',
  objectId: '<object id>',
  service: '<id of the service>',
  tenant: '<tenant id>',
} as const;
