// Sources that are tested through what is built on them: the test that runs most of each.

export const coveredBy: Readonly<Record<string, string>> = {};
