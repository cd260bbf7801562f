// What a watched directory says on Windows, read from its bytes: FILE_NOTIFY_INFORMATION of <winnt.h>.

/** What happened to an entry. */
export const ChangeAction = {
  added: 1,
  removed: 2,
  modified: 3,
  renamedFrom: 4,
  renamedTo: 5,
} as const;

export interface ChangeRecord {
  /** One of ChangeAction. */
  action: number;
  /** From the watched directory on. */
  name: string;
}

const headerBytes = 12;

/** The records in the first `length` bytes; the system writes whole ones only. */
export function* recordsOf(bytes: Buffer, length: number): Generator<ChangeRecord, void, undefined> {
  for (let at = 0; at + headerBytes <= length; ) {
    const nameAt = at + headerBytes;
    yield {
      action: bytes.readUInt32LE(at + 4),
      name: bytes.toString('utf16le', nameAt, nameAt + bytes.readUInt32LE(at + 8)),
    };
    const next = bytes.readUInt32LE(at);
    if (next === 0) return;
    at += next;
  }
}

/** The word of node:fs for an action. */
export function eventTypeOf(action: number): 'rename' | 'change' {
  return action === ChangeAction.modified ? 'change' : 'rename';
}
