/** The few commands of buildah that container.ts needs, with an image store of their own. No engine, no daemon. */
import { execFileSync, spawn, type ChildProcess, type ExecFileSyncOptions } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';

const imageSchema = z.object({
  FromImageID: z.string(),
  Docker: z.object({
    config: z.object({
      User: z.string(),
      Entrypoint: z.array(z.string()),
      Cmd: z.array(z.string()),
      Healthcheck: z.object({ Test: z.array(z.string()) }),
    }),
  }),
});

export type ImageSettings = z.infer<typeof imageSchema>['Docker']['config'];

export interface Buildah {
  /** An image that holds this folder. Returns its name. */
  readonly imageOf: (name: string, root: string, env: Readonly<Record<string, string>>) => string;
  readonly build: (context: string, name: string, args: Readonly<Record<string, string>>) => string;
  readonly inspect: (image: string) => ImageSettings;
  readonly bytesOf: (image: string) => number;
  /** Makes a container, and returns how to run commands in it. */
  readonly container: (
    image: string,
    volume: string,
    env: Readonly<Record<string, string>>,
  ) => (command: readonly string[]) => ChildProcess;
}

export function createBuildah(folder: string): Buildah {
  const store = [
    '--root',
    join(folder, 'graph'),
    '--runroot',
    join(folder, 'run'),
    '--storage-driver',
    'vfs',
  ];
  const call = (
    args: readonly string[],
    stdio: ExecFileSyncOptions['stdio'] = ['ignore', 'pipe', 'inherit'],
  ) => execFileSync('buildah', [...store, ...args], { stdio, encoding: 'utf8' });
  const first = (args: readonly string[]): string => call(args).trim();
  const isolation = ['--isolation', 'chroot'];
  return {
    imageOf: (name, root, env) => {
      const container = first(['from', 'scratch']);
      first(['add', '--quiet', container, root, '/']);
      for (const [key, value] of Object.entries(env))
        first(['config', '--env', `${key}=${value}`, container]);
      first(['commit', '--quiet', '--rm', container, `localhost/${name}`]);
      return `localhost/${name}`;
    },
    build: (context, name, args) => {
      const given = Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
      // The format of Docker: that of the OCI has no HEALTHCHECK.
      const options = ['--format', 'docker', ...isolation, ...given, '--tag', `localhost/${name}`, context];
      call(['build', ...options], 'inherit');
      return `localhost/${name}`;
    },
    inspect: (image) =>
      imageSchema.parse(JSON.parse(call(['inspect', '--type', 'image', image]))).Docker.config,
    bytesOf: (image) => {
      const listed = z.array(z.object({ names: z.array(z.string()), size: z.string() }));
      const images = listed.parse(JSON.parse(call(['images', '--json'])));
      const size = images.find(({ names }) => names.includes(`${image}:latest`))?.size ?? '';
      const unit = { KB: 1e3, MB: 1e6, GB: 1e9 }[size.slice(-2)] ?? 1;
      return Number.parseFloat(size) * unit;
    },
    container: (image, volume, env) => {
      const container = first(['from', image]);
      const variables = Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
      const options = [...isolation, '--volume', volume, ...variables, container, '--'];
      return (command) =>
        spawn('buildah', [...store, 'run', ...options, ...command], { stdio: ['ignore', 'pipe', 'inherit'] });
    },
  };
}
