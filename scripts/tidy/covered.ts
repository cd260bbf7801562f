// Sources that are tested through what is built on them: the test that runs most of each.

export const coveredBy: Readonly<Record<string, string>> = {
  // On Windows; on Linux the same tests run over inotify.
  'src/fs/watch-directory.ts': 'test/integration/fs/watch.test.ts',
};
