// Loaded before a test: has the runtime leave io_uring alone.

import { configure } from '../../../../src/runtime/configure.ts';

configure({ uring: 'off' });
