// Where Wine is not like the Windows it stands for: the one place that says so, with the reason. A test that meets one
// of these asks `onWine(difference)`, or is declared by `testExceptOnWine`; what a difference does not touch is tested.

import { type Test, test } from 'uvu';
import { skipping } from './platforms.ts';

export const differences = {
  filesCompleteAtOnce:
    'an overlapped transfer of a regular file is complete when the call returns, so that nothing is left to cancel',
  receivesCancelOneByOne: 'cancelling a receive of a TCP socket cancels that one only; Windows cancels all of them',
  cancelOfNothingSucceeds: 'CancelIoEx(handle, NULL) with nothing pending says TRUE; Windows says ERROR_NOT_FOUND',
  closeResetsReceives: 'closing a socket completes its receive with 676 (connection reset); Windows says 995 (aborted)',
  fullListenersStaySilent:
    'a listener whose backlog is full does not answer; Windows refuses, and does not answer under SO_CONDITIONAL_ACCEPT',
  cancelledTransmitsKeepConnections:
    'a cancelled TransmitFile completes with the bytes it has sent, and the connection goes on; Windows takes it down',
  transmitsAreUnlimited: 'any number of TransmitFile run at a time; client versions of Windows run two',
  unreadableFilesAreSent: 'TransmitFile sends a file whose handle was not opened for reading; Windows denies access',
  symbolicLinksVanish: 'CreateSymbolicLinkW says that it made the link and makes nothing; reparse points are missing',
  deletedNamesStay: 'the name of a deleted file stays until its last handle is closed: no POSIX semantics',
  openFilesKeepNames: 'a file that somebody has open cannot be replaced by a rename: no POSIX semantics',
  accessTimesStay: 'the time of the last access cannot be set',
  earlyTimesStay: 'a time before 1970 cannot be set',
  openDirectoriesMove: 'a directory is renamed although a file in it is open; Windows denies it',
  realPathsAreShort: 'GetFinalPathNameByHandleW fails for paths of more than 260 characters',
  tooLongIsMissing: 'a path of more than 32,767 characters is not found; Windows says that it is too long',
  namesAreWhole: 'a name with half of a surrogate pair cannot be made',
  pipesTellNoRoom:
    'the room left in a pipe is always said to be 0, so that a write that can be taken back goes byte by byte',
  pipesShareNames: 'FILE_FLAG_FIRST_PIPE_INSTANCE means nothing, so that a pipe can be listened on twice',
  removedDirectoriesStaySilent: 'removing a watched directory does not end the reads of its changes',
  noStreams: 'a colon in a name does not name a stream of the file: there is a file of that name',
  datagramSocketsTakeInterfaces:
    'a datagram socket is bound to the interface of its address: any address can be bound, and 127.0.0.2 sends as 127.0.0.1',
  disconnectingFreesPorts:
    'a datagram socket that is disconnected has lost the port the system chose, and cannot be bound',
  refusalsStaySilent: 'a receive of a connected datagram socket is not told that a datagram was refused',
  failedSendsComplete:
    'a datagram that is too long is refused at once and an entry comes to the port all the same: operations after it hang',
  acceptsOfResetsFail: 'accepting a connection that was reset in the meantime fails with 59 (ERROR_UNEXP_NET_ERR)',
  noKeepAliveTimes: 'TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT are missing, so that what was set cannot be read',
  noUnixSockets: 'AF_UNIX is missing',
  noIoRing: 'the I/O ring is missing',
  noContendedLocks: 'LockFileEx of a range that is locked does not wait',
  noQos: 'QOSCreateHandle fails, and every other function of qwave.dll crashes',
  noTools: 'npm, git and the esbuild of tsx are those of Linux, and do not run',
  lookupsStay: 'GetAddrInfoExW gives no handle to cancel by, and WSACancelAsyncRequest cancels nothing',
} as const;

export type Difference = keyof typeof differences;

/** The version of Wine this process runs under, as scripts/windows/wine.ts says, or null elsewhere. */
export const wineVersion: string | null = process.env['RESCIND_TEST_WINE'] ?? null;

/** Whether this process runs under Wine, where the difference is to be expected. Naming it is what the call is for. */
export function onWine(difference: Difference): boolean {
  return wineVersion !== null && difference in differences;
}

/** `test` of uvu, for files and tests that mean nothing under Wine because of the difference. */
export function exceptOnWine(difference: Difference): Test {
  return onWine(difference) ? skipping(differences[difference]) : test;
}

/** `test` of uvu; under Wine the test counts as skipped because of the difference. */
export function testExceptOnWine(difference: Difference, name: string, run: () => void | Promise<void>): void {
  exceptOnWine(difference)(name, run);
}
