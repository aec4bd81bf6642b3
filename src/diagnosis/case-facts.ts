/**
 * One look, made ready to be judged: its failures by leg, the code and the phrases in them, the claims, the names.
 * Every rule is asked with the same scene, so that what a word means is decided once.
 */
import type { Cause } from '../model/cause.ts';
import type { Context } from '../model/context.ts';
import { isSuccess, stageOf, type Claims, type Evidence } from '../model/evidence.ts';
import type { QuotedNames } from '../model/quoted-names.ts';
import { claimsFaultOf, claimsFaultOfCode, type ClaimsFault } from '../model/token-claims.ts';
import { claimsOf, namesOf, type Names } from './names.ts';
import { refusalOf, type Refusal } from './refusal.ts';
import {
  mailTroubleOf,
  networkTroublesOf,
  tokenTroubleOf,
  type MailTrouble,
  type NetworkTrouble,
  type TokenTrouble,
} from './failures.ts';

export interface Scene {
  readonly evidence: Evidence;
  readonly context: Context;
  readonly names: Names;
  readonly success: boolean;
  readonly token: TokenTrouble | undefined;
  readonly mail: MailTrouble | undefined;
  readonly network: readonly NetworkTrouble[];
  readonly claims: Claims | undefined;
  /** The claims cannot work, whatever the mail server would say. */
  readonly claimsFault: ClaimsFault | undefined;
  /** What the neighbours and the past say of a refused login; undefined when none was refused. */
  readonly refusal: Refusal | undefined;
  /** This machine's clock minus the server's. */
  readonly clockSkewSeconds: number | undefined;
  /** From pasted text: nothing is known besides the words. */
  readonly pasted: boolean;
  /** Not a look: the credential itself was checked. */
  readonly credentialCheck: boolean;
  /** A pasted text in which a user has a part in the sign-in. */
  readonly userFlow: boolean;
  readonly oddUser: boolean;
}

/** What is judged: a look of ours, an app's credential, or a text that somebody pasted. */
export type Occasion = 'look' | 'credential' | 'text';

/** What a pasted text tells besides evidence. */
export interface Aside {
  readonly names?: QuotedNames;
  /** The causes that it leaves open for the token's failure, best first. */
  readonly open?: readonly Cause[];
  readonly userFlow?: boolean;
  /** The user that was sent is of a form that no mailbox's address has. */
  readonly oddUser?: boolean;
}

export function sceneOf(
  evidence: Evidence,
  context: Context,
  occasion: Occasion = 'look',
  aside: Aside = {},
): Scene {
  const names = namesOf(evidence, context, aside.names);
  const success = isSuccess(evidence);
  const token = tokenTroubleOf(evidence, success, aside.open);
  const mail = mailTroubleOf(evidence, success);
  const scene = {
    evidence,
    context,
    names,
    success,
    token,
    mail,
    network: networkTroublesOf(token, mail),
    // A token leg that failed has no token: the claims of the last one say nothing of this look.
    claims: stageOf(evidence, 'token')?.outcome === 'failed' ? undefined : claimsOf(evidence, context),
    clockSkewSeconds: skewOf(evidence, context),
    pasted: occasion === 'text',
    credentialCheck: occasion === 'credential',
    userFlow: aside.userFlow === true,
    oddUser: aside.oddUser === true,
  };
  const judged = { ...scene, claimsFault: claimsFaultIn(scene) };
  return { ...judged, refusal: refusalOf(judged) };
}

/** As the probe said, else by the claims. A probe that succeeded disproves it. */
function claimsFaultIn(scene: Omit<Scene, 'claimsFault' | 'refusal'>): ClaimsFault | undefined {
  if (scene.success || scene.credentialCheck) return undefined;
  const seen = claimsFaultOfCode(stageOf(scene.evidence, 'claims')?.failure?.code);
  if (seen !== undefined || scene.claims === undefined) return seen;
  // What ended during a probe was not presented.
  const at = scene.pasted ? scene.context.now : scene.evidence.startedAt;
  return claimsFaultOf({
    claims: scene.claims,
    protocol: scene.names.protocol,
    at: at - (scene.clockSkewSeconds ?? 0) * 1000,
  });
}

/** As it was measured last: a token from the cache brings what was measured when it was issued. */
function skewOf(evidence: Evidence, { token }: Context): number | undefined {
  const facts = stageOf(evidence, 'token')?.facts;
  const measured = facts?.clockSkewSeconds;
  return facts?.source === 'cache'
    ? (token?.clockSkewSeconds ?? measured)
    : (measured ?? token?.clockSkewSeconds);
}
