import { mountDisk } from './mounted-disk.ts';

/** A file system on a disk of its own that forgets, when its power is cut, what nobody had it sync. */
export interface ForgetfulDisk {
  readonly path: string;
  /** Every process with open files there must have been killed; what they wrote and did not sync is lost. */
  cutPower(): Promise<void>;
  /** Every process with open files there must have ended. */
  dispose(): Promise<void>;
}

export type ForgetfulDiskOrNot =
  | { readonly ok: true; readonly disk: ForgetfulDisk }
  | { readonly ok: false; readonly reason: string };

/** Sparse: takes of the real disk what is written. */
const BYTES = 4 * 2 ** 30;

/**
 * ext4 in an image file behind a loop device. What a program writes stays in the page cache of the mounted file system
 * and gets into the image when somebody syncs it, or when the system writes it back some 30 s later. So a copy of the
 * image is what a disk holds after its power was cut, and is mounted in the place of the first. By itself the journal
 * commits every ten minutes only: that nothing was synced is not to be covered up. What makes file systems is
 * not always in the path of a service or of an ordinary login.
 */
const SCRIPT = `
PATH="$PATH:/usr/sbin:/sbin"
mount_image() { mount -o loop,commit=600,noatime disk.img mounted; }
mkdir mounted && truncate -s "$1" disk.img &&
mkfs.ext4 -q -F -E lazy_itable_init=1,lazy_journal_init=1 disk.img && mount_image && echo done &&
while read -r line; do
  cp --sparse=always disk.img cut.img && umount mounted && mv cut.img disk.img && mount_image && echo done || exit 1
done`;

/** Needs the rights of root and mkfs.ext4; says what was missing. */
export async function makeForgetfulDisk(): Promise<ForgetfulDiskOrNot> {
  const mounting = await mountDisk({ namespaces: [], script: SCRIPT, bytes: BYTES });
  if (!mounting.ok) {
    return mounting;
  }
  const { path, tell, dispose } = mounting.disk;
  return { ok: true, disk: { path, cutPower: () => tell('cut'), dispose } };
}
