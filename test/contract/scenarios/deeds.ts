// Every operation that never waits.

import './file-deeds.ts';
import './path-deeds.ts';

export { type Deed, everyDeed } from './deed.ts';
