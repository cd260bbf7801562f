// Tests on a file system that does not answer. Apart from fuse.ts, which the bench uses without a test runner.

import { test } from 'uvu';
import { HangingFileSystem } from './fuse.ts';

/** A test on a mount of its own, which goes with it. */
export function onHangingFiles(title: string, act: (files: HangingFileSystem) => Promise<void>): void {
  test(title, async () => {
    const files = await HangingFileSystem.mount();
    try {
      await act(files);
    } finally {
      await files.unmount();
    }
  });
}
