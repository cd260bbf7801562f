// Loaded before a test: has the runtime use rings that hold next to nothing.

import { configure } from '../../../../src/runtime/configure.ts';

configure({ entries: 2, completionEntries: 4, maxInFlight: 8 });
