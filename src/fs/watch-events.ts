// What inotify says, read from its bytes. The numbers are those of <sys/inotify.h>.

/** Bits of an event and of what is asked for. */
export const WatchMask = {
  modify: 0x2,
  attributes: 0x4,
  movedFrom: 0x40,
  movedTo: 0x80,
  create: 0x100,
  delete: 0x200,
  deleteSelf: 0x400,
  moveSelf: 0x800,
  unmount: 0x2000,
  queueOverflow: 0x4000,
  ignored: 0x8000,
  onlyDirectory: 0x01000000,
  dontFollow: 0x02000000,
  isDirectory: 0x40000000,
} as const;

/** What a watch asks for: what node:fs reports. */
export const watchedMask: number =
  WatchMask.modify |
  WatchMask.attributes |
  WatchMask.movedFrom |
  WatchMask.movedTo |
  WatchMask.create |
  WatchMask.delete |
  WatchMask.deleteSelf |
  WatchMask.moveSelf;

/** One event. Names are latin1 text: a character for each byte, whatever the bytes mean. */
export interface WatchEvent {
  /** The watch it is about; -1 for an overflow of the kernel's queue. */
  watch: number;
  mask: number;
  /** The entry of the watched directory, '' when it is about what is watched itself. */
  name: string;
}

const headerBytes = 16;

/** The events in the first `length` bytes; the kernel writes whole ones only. */
export function* eventsOf(bytes: Buffer, length: number): Generator<WatchEvent, void, undefined> {
  for (let at = 0; at + headerBytes <= length; ) {
    const end = at + headerBytes + bytes.readUInt32LE(at + 12);
    const field = bytes.toString('latin1', at + headerBytes, end);
    const nul = field.indexOf('\0');
    yield {
      watch: bytes.readInt32LE(at),
      mask: bytes.readUInt32LE(at + 4),
      name: nul < 0 ? field : field.slice(0, nul),
    };
    at = end;
  }
}
