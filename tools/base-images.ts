/**
 * The two base images of the Dockerfile, made on this machine where no registry of images can be asked: Debian by
 * debootstrap, Node.js from what `npm ci` brought, npm from this machine. Called by container.ts.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Buildah } from './buildah.ts';

const DEBIAN = { suite: 'bookworm', mirror: 'http://deb.debian.org/debian' };
const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** With a shell, Node.js and npm: what the build's steps run in. */
export function makeBuildBase(buildah: Buildah, folder: string): string {
  const root = join(folder, 'build-base');
  const local = join(root, 'usr/local');
  execFileSync('debootstrap', ['--variant=minbase', DEBIAN.suite, root, DEBIAN.mirror], { stdio: 'ignore' });
  mkdirSync(join(local, 'lib/node_modules'), { recursive: true });
  cpSync(realpathSync(process.execPath), join(local, 'bin/node'));
  cpSync(npmFolder(), join(local, 'lib/node_modules/npm'), { recursive: true, dereference: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'));
  trustAuthorities(root);
  return buildah.imageOf('build-base', root, { PATH, NODE_EXTRA_CA_CERTS: AUTHORITIES });
}

/** Node.js and the libraries that it is linked to, as in a distroless image: no shell. */
export function makeRuntimeBase(buildah: Buildah, folder: string): string {
  const root = join(folder, 'runtime-base');
  const libraries =
    execFileSync('ldd', [process.execPath], { encoding: 'utf8' }).match(/\/\S+\.so\S*/g) ?? [];
  for (const library of libraries) cpSync(realpathSync(library), join(root, library));
  cpSync(realpathSync(process.execPath), join(root, 'nodejs/bin/node'));
  mkdirSync(join(root, 'tmp'));
  chmodSync(join(root, 'tmp'), 0o1777);
  trustAuthorities(root);
  writeFileSync(join(root, 'etc/passwd'), 'nonroot:x:65532:65532::/home/nonroot:/sbin/nologin\n');
  return buildah.imageOf('runtime-base', root, {});
}

/** Those of this machine: a proxy may inspect TLS between it and the registry. */
function trustAuthorities(root: string): void {
  mkdirSync(join(root, dirname(AUTHORITIES)), { recursive: true });
  writeFileSync(join(root, AUTHORITIES), readFileSync(AUTHORITIES));
}

/** The npm that runs this script. */
function npmFolder(): string {
  const program = process.env['npm_execpath'];
  if (program === undefined) throw new Error('expected to be started by npm: npm run container');
  return join(dirname(program), '..');
}
