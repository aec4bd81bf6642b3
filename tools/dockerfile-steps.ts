/**
 * Executes the steps of a Dockerfile in folders instead of containers: COPY and RUN for real, on this machine's Node.js
 * and npm; the instructions for starting the image are returned. For machines without an engine.
 * Knows what our Dockerfile uses and refuses the rest. Called by container-dry-run.ts.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import {
  Copy,
  DockerfileParser,
  From,
  type Instruction,
  JSONInstruction,
  PropertyInstruction,
} from 'dockerfile-ast';

/** A stage, and after the last step the image. */
export interface Stage {
  /** The folder that stands for `/`. */
  readonly root: string;
  readonly base: string;
  workdir: string;
  readonly env: Record<string, string>;
  user: string;
  entrypoint: readonly string[];
  command: readonly string[];
  healthcheck: readonly string[];
}

export interface Build {
  readonly stages: ReadonlyMap<string, Stage>;
  readonly image: Stage;
}

export interface BuildOptions {
  /** The folder that the Dockerfile copies from. */
  readonly context: string;
  /** An empty folder, for the stages. */
  readonly folder: string;
  readonly log: (line: string) => void;
}

type Variables = Record<string, string>;

/** Instructions for people or engines, which have no effect here. */
const DECLARATIONS = new Set(['LABEL', 'EXPOSE', 'VOLUME', 'STOPSIGNAL']);

export function executeDockerfile(text: string, options: BuildOptions): Build {
  const stages = new Map<string, Stage>();
  const globals: Variables = { BUILDPLATFORM: 'this machine' };
  let variables: Variables = globals;
  let image: Stage | undefined;
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const keyword = instruction.getKeyword();
    options.log(
      `${keyword} ${(instruction.getArgumentsContent() ?? '').replaceAll(/\s+/g, ' ').slice(0, 100)}`,
    );
    if (instruction instanceof From) {
      const name = instruction.getBuildStage() ?? `stage-${stages.size}`;
      image = emptyStage(join(options.folder, name), expand(instruction.getImage() ?? '', globals));
      variables = {};
      stages.set(name, image);
    } else if (keyword === 'ARG') {
      Object.assign(variables, propertiesOf(instruction, variables));
    } else if (image === undefined) {
      throw new Error(`${keyword} before the first FROM`);
    } else {
      step(instruction, { stage: image, stages, variables, options });
    }
  }
  if (image === undefined) throw new Error('the Dockerfile has no FROM');
  return { stages, image };
}

interface CaseFacts {
  readonly stage: Stage;
  readonly stages: ReadonlyMap<string, Stage>;
  readonly variables: Variables;
  readonly options: BuildOptions;
}

function step(instruction: Instruction, facts: CaseFacts): void {
  const { stage, variables } = facts;
  const keyword = instruction.getKeyword();
  if (DECLARATIONS.has(keyword)) return;
  if (instruction instanceof Copy) {
    copy(instruction, facts);
    return;
  }
  switch (keyword) {
    case 'WORKDIR':
      stage.workdir = posix.resolve(stage.workdir, instruction.getArgumentsContent() ?? '');
      mkdirSync(inside(stage, '.'), { recursive: true });
      return;
    case 'ENV':
      Object.assign(stage.env, propertiesOf(instruction, { ...variables, ...stage.env }));
      return;
    case 'USER':
      stage.user = instruction.getArgumentsContent() ?? '';
      return;
    case 'RUN':
      run(instruction.getArgumentsContent() ?? '', stage);
      return;
    case 'ENTRYPOINT':
      stage.entrypoint = wordsOf(instruction);
      return;
    case 'CMD':
      stage.command = wordsOf(instruction);
      return;
    case 'HEALTHCHECK':
      stage.healthcheck = healthcheckOf(instruction);
      return;
    default:
      throw new Error(`this script cannot execute ${keyword}; add it to tools/dockerfile-steps.ts`);
  }
}

function emptyStage(root: string, base: string): Stage {
  mkdirSync(root, { recursive: true });
  return { root, base, workdir: '/', env: {}, user: 'root', entrypoint: [], command: [], healthcheck: [] };
}

/** A folder's content goes into the destination, a file under its own name: as an engine does. */
function copy(instruction: Copy, { stage, stages, options }: CaseFacts): void {
  const args = instruction.getArguments().map((word) => word.getValue());
  const destination = args.pop() ?? '';
  // Beside `--from` there may be `--chown`, which means nothing here.
  const name =
    instruction
      .getFlags()
      .find((flag) => flag.getName() === 'from')
      ?.getValue() ?? undefined;
  const from = name === undefined ? undefined : stages.get(name);
  if (name !== undefined && from === undefined)
    throw new Error(`COPY --from=${name}: there is no such stage`);
  const admits = from === undefined ? readDockerignore(options.context) : () => true;
  for (const source of args) {
    if (!admits(source)) throw new Error(`COPY ${source}: .dockerignore keeps it out of the context`);
    const path = from === undefined ? join(options.context, source) : inside(from, source);
    const target = inside(stage, destination);
    const isFolder = statSync(path).isDirectory();
    const into = isFolder || !destination.endsWith('/') ? target : join(target, basename(source));
    mkdirSync(dirname(into), { recursive: true });
    cpSync(path, into, { recursive: true });
  }
}

/** Of the grammar of .dockerignore only what ours is: `*`, and exceptions that name a file or a folder. */
export function readDockerignore(context: string): (path: string) => boolean {
  const lines = readFileSync(join(context, '.dockerignore'), 'utf8').split('\n');
  const [first, ...exceptions] = lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (first !== '*' || exceptions.some((line) => !/^![\w./-]+$/.test(line))) {
    throw new Error(
      '.dockerignore is to be "*" and then "!path" lines: list what belongs in the image, not what does not',
    );
  }
  const admitted = exceptions.map((line) => line.slice(1));
  return (path) => admitted.some((entry) => path === entry || path.startsWith(`${entry}/`));
}

function run(script: string, stage: Stage): void {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], {
    cwd: inside(stage, '.'),
    env: { ...outsideEnvironment(), ...stage.env },
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (status !== 0) throw new Error(`RUN ${script}: exit code ${status}\n${stdout}${stderr}`);
}

/** Ours, without what an npm that runs us has put there: the script's npm is to find its own way. */
function outsideEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(npm_(package|lifecycle|command|config_local_prefix)|INIT_CWD$|NODE_ENV$|VITEST)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** Where a path of the image stands on this machine. */
export function inside(stage: Stage, path: string): string {
  return join(stage.root, posix.resolve(stage.workdir, path));
}

function propertiesOf(instruction: Instruction, variables: Variables): Variables {
  if (!(instruction instanceof PropertyInstruction))
    throw new Error(`${instruction.getKeyword()} without names`);
  return Object.fromEntries(
    instruction
      .getProperties()
      .map((property) => [property.getName(), expand(property.getValue() ?? '', variables)]),
  );
}

function expand(text: string, variables: Variables): string {
  return text.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, plain?: string) => {
    const name = braced ?? plain ?? '';
    const value = variables[name];
    if (value === undefined)
      throw new Error(`\${${name}} is used, but no ARG or ENV before it says what it is`);
    return value;
  });
}

function wordsOf(instruction: Instruction): readonly string[] {
  const args = instruction instanceof JSONInstruction ? instruction.getJSONStrings() : [];
  if (args.length === 0)
    throw new Error(`${instruction.getKeyword()} wants the JSON form: there is no shell`);
  return args.map((word) => word.getJSONValue());
}

function healthcheckOf(instruction: Instruction): readonly string[] {
  const json = /CMD\s+(\[.*\])\s*$/s.exec(instruction.getArgumentsContent() ?? '')?.[1];
  if (json === undefined) throw new Error('HEALTHCHECK wants CMD in the JSON form: there is no shell');
  const args: readonly string[] = JSON.parse(json);
  return args;
}
