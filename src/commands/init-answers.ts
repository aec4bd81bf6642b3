/**
 * Gathers the four strings of the set-up guide, from options or from questions on a terminal. If standard input is not
 * a terminal, it can supply the secret. The schemas of the configuration check each string. No message repeats an
 * answer.
 */
import type { z } from 'zod';
import { address, clientId, identifier, tenant } from '../config/nouns-schema.ts';
import type { CommandIo } from './command.ts';
import { createPrompt } from './prompt.ts';

export interface Given {
  readonly app: string;
  readonly tenant: string | undefined;
  readonly clientId: string | undefined;
  readonly mailboxes: string | undefined;
  /** An option names a file that holds the secret. */
  readonly hasSecretFile: boolean;
  /** `--secret-file -` */
  readonly secretFromStdin: boolean;
}

export interface Answers {
  readonly app: string;
  readonly tenant: string;
  readonly clientId: string;
  readonly addresses: readonly string[];
  readonly secret: string | undefined;
}

export type Gathered =
  | { readonly ok: true; readonly answers: Answers }
  /** Each fault is a complete sentence. */
  | { readonly ok: false; readonly faults: readonly string[] };

/** Returns the fault of an answer, or undefined. */
type Validate = (answer: string) => string | undefined;

interface Question {
  readonly option: string;
  readonly text: string;
  readonly given: string | undefined;
  readonly validate: Validate;
  readonly isHidden?: boolean;
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LONGEST_SECRET = 1024;

export async function gatherAnswers(given: Given, io: CommandIo): Promise<Gathered> {
  const isTerminal = 'isTTY' in io.stdin && io.stdin.isTTY === true && !given.secretFromStdin;
  const piped = isTerminal || given.hasSecretFile ? undefined : await readSecretLine(io);
  const questions = questionsFor(given, piped);
  const faults = [
    ...complain('--app', validateBy(identifier('app'))(given.app)),
    ...questions.flatMap((question) => {
      if (question.given !== undefined) return complain(question.option, question.validate(question.given));
      return isTerminal ? [] : [`${question.option} is missing: ${question.text}.`];
    }),
  ];
  if (faults.length > 0) return { ok: false, faults };
  const answers = await answerAll(questions, io);
  if (answers === undefined) return { ok: false, faults: ['Not all questions were answered.'] };
  const [tenantAnswer = '', clientAnswer = '', mailboxes = '', secret] = answers;
  return {
    ok: true,
    answers: {
      app: given.app,
      tenant: tenantAnswer,
      clientId: clientAnswer,
      addresses: splitList(mailboxes),
      secret: given.hasSecretFile ? undefined : secret,
    },
  };
}

/** Returns the questions in the order of the guide. */
function questionsFor(given: Given, piped: string | undefined): readonly Question[] {
  return [
    {
      option: '--tenant',
      text: 'Directory (tenant) ID, from the Overview page of the app registration',
      given: given.tenant,
      validate: validateBy(tenant),
    },
    {
      option: '--client-id',
      text: 'Application (client) ID, from the same page',
      given: given.clientId,
      validate: validateBy(clientId),
    },
    {
      option: '--mailbox',
      text: 'Mailbox addresses, separated by commas',
      given: given.mailboxes,
      validate: validateAddresses,
    },
    ...(given.hasSecretFile
      ? []
      : [
          {
            option: 'The secret',
            text: 'Client secret, column Value of Certificates & secrets (it is not shown)',
            given: piped,
            validate: validateSecret,
            isHidden: true,
          },
        ]),
  ];
}

async function answerAll(
  questions: readonly Question[],
  io: CommandIo,
): Promise<readonly string[] | undefined> {
  const given = questions.flatMap((question) => question.given ?? []);
  if (given.length === questions.length) return given;
  const prompt = createPrompt(io);
  try {
    const answers: string[] = [];
    for (const question of questions) {
      let answer = question.given;
      while (answer === undefined || question.validate(answer) !== undefined) {
        if (answer !== undefined) io.stdout.write(`  ${question.validate(answer)}\n`);
        answer = await prompt.ask(`${question.text}: `, question.isHidden);
        if (answer === undefined) return undefined;
      }
      answers.push(answer);
    }
    return answers;
  } finally {
    prompt.close();
  }
}

function complain(option: string, fault: string | undefined): readonly string[] {
  return fault === undefined ? [] : [`${option}: ${fault}`];
}

function validateBy(schema: z.ZodType): Validate {
  return (answer) => {
    const issue = schema.safeParse(answer).error?.issues[0];
    return issue === undefined ? undefined : `${issue.message}.`;
  };
}

function validateAddresses(answer: string): string | undefined {
  const addresses = splitList(answer);
  if (addresses.length === 0) return 'expected at least one address, got none.';
  if (new Set(addresses.map((each) => each.toLowerCase())).size < addresses.length) {
    return 'expected each address once, got one of them twice.';
  }
  return addresses.map(validateBy(address)).find((fault) => fault !== undefined);
}

function validateSecret(answer: string): string | undefined {
  if (answer === '') return "expected the secret's Value, got nothing.";
  if (GUID.test(answer)) {
    return 'expected the column Value, got a GUID: that is the Secret ID, or an id of the Overview page.';
  }
  if (answer.length > LONGEST_SECRET || /\s/.test(answer)) {
    return "expected the secret's Value and nothing else, got several words or lines.";
  }
  return undefined;
}

function splitList(answer: string): readonly string[] {
  return answer
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** Reads the secret from standard input. Undefined if the input is empty, because there is no secret yet. */
async function readSecretLine({ stdin, signal }: CommandIo): Promise<string | undefined> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (signal.aborted || text.length > LONGEST_SECRET * 2) break;
  }
  const secret = text.trim();
  return secret === '' ? undefined : secret;
}
