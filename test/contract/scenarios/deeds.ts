// Every operation that never waits.

import './file-deeds.ts';
import './path-deeds.ts';
import './windows-deeds.ts';

export { type Deed, elsewhere, everyDeed, isPossible } from './deed.ts';
