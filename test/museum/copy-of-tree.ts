import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Packages of this repository, which a copy has to take from itself. */
const OWN_SCOPE = '@fleetbook';

/** The files of a work tree in a temporary directory, with what is installed beside them. */
export class CopyOfTree {
  readonly directory: string;

  constructor(root: string) {
    this.directory = realpathSync(mkdtempSync(join(tmpdir(), 'fleetbook-museum-')));
    for (const path of filesOf(root)) {
      const target = join(this.directory, path);
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(join(root, path), target);
    }
    linkInstalled(join(root, 'node_modules'), join(this.directory, 'node_modules'));
  }

  /** False when it does not apply; then nothing has changed. */
  apply(patch: string): boolean {
    return this.#git('apply', patch) === 0;
  }

  /** Takes back what `apply` did. */
  revert(patch: string): void {
    if (this.#git('apply', '--reverse', patch) !== 0) {
      throw new Error(`${patch} cannot be taken back: something else has changed what it changes`);
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }

  /** The copy is no repository, and none that it may lie in is meant. */
  #git(...args: readonly string[]): number | null {
    const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(this.directory) };
    return spawnSync('git', [...args], { cwd: this.directory, env, stdio: 'ignore' }).status;
  }
}

/** What is committed and what could be, as it is in the work tree. */
function filesOf(root: string): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, stdout, error } = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) {
    throw new Error(`git cannot list the files of ${root}`, { cause: error });
  }
  return stdout.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
}

/** Others are linked where they are; the links to this repository's own packages lead into the copy. */
function linkInstalled(installed: string, target: string): void {
  mkdirSync(join(target, OWN_SCOPE), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name !== OWN_SCOPE && (!name.startsWith('.') || name === '.bin')) {
      symlinkSync(join(installed, name), join(target, name));
    }
  }
  for (const name of readdirSync(join(installed, OWN_SCOPE))) {
    const link = join(installed, OWN_SCOPE, name);
    if (!lstatSync(link).isSymbolicLink()) {
      throw new Error(`${link} is no link to a package of this repository`);
    }
    symlinkSync(readlinkSync(link), join(target, OWN_SCOPE, name));
  }
}
