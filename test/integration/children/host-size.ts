// Prints the name and the size of the program that runs it.

import { basename } from 'node:path';
import { stat } from '../../../src/fs/index.ts';

const { size } = await stat(process.execPath);
console.log(`${basename(process.execPath)} has ${size} bytes`);
