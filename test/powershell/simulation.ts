/**
 * Answers the generated cmdlets: keeps who is signed in to what in each window, and lets a cmdlet's effect change the
 * sandbox's tenant through its control API. Time is simulated: `Start-Sleep` of a window moves it on.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { ask } from '../sandbox/client.ts';
import { portOf } from '../support/port-of.ts';
import { type Answer, type Call, type Control, createWindow, Refusal, type Situation } from './effect.ts';
import { EXCHANGE_EFFECTS } from './exchange-effects.ts';
import { GRAPH_EFFECTS } from './graph-effects.ts';

export interface Simulation {
  readonly url: string;
  /** Turns to this sandbox, with everybody signed out. */
  readonly begin: (sandbox: Sandbox, situation?: Situation) => void;
  /** Cmdlets that ran since `begin`, in order, without the parameters. */
  readonly ran: () => readonly string[];
  /** Changes of the tenant since `begin`. */
  readonly changes: () => number;
  /** Seconds that scripts have slept since `begin`. */
  readonly slept: () => number;
  readonly close: () => Promise<void>;
}

export async function createSimulation(): Promise<Simulation> {
  let sandbox: Sandbox | undefined;
  let situation: Situation = {};
  let windows = new Map<string, ReturnType<typeof createWindow>>();
  let ran: string[] = [];
  let slept = 0;
  let changes = 0;
  let hidden = new Map<string, number>();

  const answer = async (request: Record<string, unknown>): Promise<Answer> => {
    if (sandbox === undefined) throw new Error('nothing is simulated: call begin');
    const { cmdlet, window: id, parameters } = request;
    const name = String(cmdlet);
    const given = typeof parameters === 'object' && parameters !== null ? { ...parameters } : {};
    if (name === 'Start-Sleep') {
      slept += Number(Reflect.get(given, 'Seconds'));
      return {};
    }
    ran.push(name);
    const effect = GRAPH_EFFECTS[name] ?? EXCHANGE_EFFECTS[name];
    if (effect === undefined) throw new Error(`no effect for ${name}`);
    const window = windows.get(String(id)) ?? createWindow();
    windows.set(String(id), window);
    const control = controlOf(sandbox);
    const call: Call = {
      parameters: given,
      set: String(request.set),
      window,
      situation,
      tenant: sandbox.tenant,
      control: async (...change) => {
        changes += 1;
        return await control(...change);
      },
      hide: (key) => hidden.set(key.toLowerCase(), slept + (situation.appearsAfterSeconds ?? 0)),
      isHidden: (key) => (hidden.get(key.toLowerCase()) ?? 0) > slept,
    };
    const failure = situation.failing?.[name];
    try {
      if (failure !== undefined) throw new Refusal(failure);
      return await effect(call);
    } catch (error) {
      if (error instanceof Refusal) return { error: error.message, terminating: error.terminating };
      throw error;
    }
  };

  const server = createServer((request, response) => {
    const reply = async (): Promise<void> => {
      try {
        const asked: Record<string, unknown> = JSON.parse(await textOf(request));
        const body = await answer(asked);
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(body));
      } catch (error) {
        response.statusCode = 500;
        response.end(String(error));
      }
    };
    void reply();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${portOf(server)}/`,
    begin: (next, more = {}) => {
      sandbox = next;
      situation = more;
      windows = new Map();
      ran = [];
      slept = 0;
      changes = 0;
      hidden = new Map();
    },
    ran: () => ran,
    slept: () => slept,
    changes: () => changes,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function controlOf(sandbox: Sandbox): Control {
  return async (method, path, body) => {
    const { status, text } = await ask(`${sandbox.control}${path}`, {
      method,
      body: body === undefined ? '' : JSON.stringify(body),
    });
    if (status >= 300) throw new Error(`control API: ${method} ${path}: ${text}`);
    const parsed: unknown = JSON.parse(text);
    return parsed;
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text;
}
