/**
 * The names of permissions, by id. Microsoft publishes the ids, which are the same in every tenant. If the directory
 * names a permission, that name is used instead. https://learn.microsoft.com/en-us/graph/permissions-reference
 */
import { PROTOCOL_IDS, PROTOCOLS } from '../../model/protocol.ts';

/** The role id of a grant for an API that defines no roles. */
export const DEFAULT_ACCESS = '00000000-0000-0000-0000-000000000000';

export const KNOWN_PERMISSIONS: ReadonlyMap<string, string> = new Map([
  // Office 365 Exchange Online, application permissions
  ...PROTOCOL_IDS.map((protocol) => entryOf(PROTOCOLS[protocol].role)),
  ['dc890d15-9560-4a4c-9b7f-a736ec74ec40', 'full_access_as_app'],
  // Microsoft Graph, application permissions
  ['9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30', 'Application.Read.All'],
  ['18a4783c-866b-4cc7-a460-3d5e5662c884', 'Application.ReadWrite.OwnedBy'],
  ['1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9', 'Application.ReadWrite.All'],
  ['7ab1d382-f21e-4acd-a863-ba3e13f7da61', 'Directory.Read.All'],
  ['246dd0d5-5bd0-4def-940b-0421030a5b68', 'Policy.Read.All'],
  ['df021288-bdef-4463-88db-98f22de89214', 'User.Read.All'],
  ['810c84a8-4a9e-49e6-bf7d-12d183f40d01', 'Mail.Read'],
  ['e2a3a72e-5f79-4c64-b1b1-878b674786c9', 'Mail.ReadWrite'],
  ['b633e1c5-b582-4048-a93e-9f11b44c7e96', 'Mail.Send'],
  // Microsoft Graph, delegated permissions
  ['e1fe6dd8-ba31-4d61-89e7-88639da4683d', 'User.Read'],
  ...PROTOCOL_IDS.map((protocol) => entryOf(PROTOCOLS[protocol].delegated)),
  ['7427e0e9-2fba-42fe-b0c0-848c9e6a8182', 'offline_access'],
  ['37f7f235-527c-4136-accd-4a02d197296e', 'openid'],
]);

function entryOf({ id, name }: { readonly id: string; readonly name: string }): readonly [string, string] {
  return [id, name];
}
