// Memory that begins with a page, as the C programs ask their allocator for. A block that lies across two pages is two pieces
// for a device, which costs it a fifth of its speed, and is slower to copy into.

// The types of Node.js leave this to those of browsers.
declare const WebAssembly: { Memory: new (of: { initial: number }) => { buffer: ArrayBuffer } };

const wasmPageBytes = 65536;

/** JavaScript cannot see addresses, but the memory of WebAssembly begins with a page. */
export function pages(bytes: number): Buffer {
  return Buffer.from(new WebAssembly.Memory({ initial: Math.ceil(bytes / wasmPageBytes) }).buffer, 0, bytes);
}
