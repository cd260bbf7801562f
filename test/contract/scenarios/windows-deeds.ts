// Deeds of Windows.

import { outsideAddon } from '../../support/windows/outside.ts';
import { bufferBytes, pipeName } from '../../support/windows/pipe.ts';
import { deed, emptyDirectory } from './deed.ts';

deed('directoryWatchOpen', () => ({ given: { bytes: emptyDirectory() } }), { makesDescriptor: true });
deed('pipeListen', () => ({ given: { bytes: pipeName() } }), { makesDescriptor: true });
deed(
  'pipeConnect',
  () => {
    const path = pipeName();
    const instance = outsideAddon().pipeListen(path, bufferBytes);
    return {
      given: { bytes: path },
      // A client that has gone again has been there.
      happened: () => !outsideAddon().isListening(instance),
      close: () => outsideAddon().close(instance),
    };
  },
  { makesDescriptor: true },
);
