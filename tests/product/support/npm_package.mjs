// The npm package, packed and installed as somebody who uses it does.

import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const tests = fileURLToPath(new URL('../..', import.meta.url));

/** What every build leaves beside the files that the proxy serves. */
export const laidOut = join(process.env.ASSETS_DIR ?? join(tests, '../dist/embed'), '../npm');

/** Packs it into that directory; answers the tarball and the paths in it. */
export async function pack(directory) {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', directory], { cwd: laidOut });
  const [{ filename, files }] = JSON.parse(stdout);
  return { tarball: join(directory, filename), files: files.map(({ path }) => path).sort() };
}

/**
 * A project of those `files` (path to text) in which the package is installed from its tarball, and those of `packages` that
 * the tests have.
 */
export async function project(files, packages = []) {
  const directory = await mkdtemp(join(tmpdir(), 'whop-chat-project-'));
  const write = async (path, text) => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  };
  await write('package.json', JSON.stringify({ name: 'a-page', private: true, type: 'module' }));
  const { tarball } = await pack(directory);
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: directory });
  for (const [path, text] of Object.entries(files)) await write(path, text);
  for (const name of packages) {
    await mkdir(dirname(join(directory, 'node_modules', name)), { recursive: true });
    await symlink(join(tests, 'node_modules', name), join(directory, 'node_modules', name));
  }
  return { directory, installed: join(directory, 'node_modules/whop-chat'), remove: () => rm(directory, { recursive: true, force: true }) };
}
