import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeWtf8, encodeWtf8, isUtf8 } from '../../../src/runtime/wtf8.ts';

test('what UTF-8 has bytes for is UTF-8', () => {
  for (const text of ['', 'a', 'ä€😀', '\ud7ff\ue000', '\ufffd', 'a\u{10ffff}']) {
    assert.ok(isUtf8(text), JSON.stringify(text));
    assert.equal(encodeWtf8(text), Buffer.from(text));
    assert.is(decodeWtf8(Buffer.from(text)), text);
  }
});

test('half of a surrogate pair has three bytes, and comes back from them', () => {
  for (const text of ['\ud800', '\udfff', 'a\ud83db', '\udc00\ud800', '😀\ud83d', '\ude00😀', '\ufffd\udbff\ufffd']) {
    assert.not(isUtf8(text), JSON.stringify(text));
    assert.is(decodeWtf8(encodeWtf8(text)), text);
  }
  assert.equal(encodeWtf8('a\ud83db'), Buffer.from([0x61, 0xed, 0xa0, 0xbd, 0x62]));
  assert.equal(encodeWtf8('\udc00'), Buffer.from([0xed, 0xb0, 0x80]));
});

test('every text comes back from its bytes', () => {
  for (let first = 0xd7f0; first < 0xe010; first++) {
    for (const text of [String.fromCharCode(first), `\u00e4${String.fromCharCode(first, 0xdc01, first)}z`]) {
      assert.is(decodeWtf8(encodeWtf8(text)), text, JSON.stringify(text));
    }
  }
});

test('what is neither becomes U+FFFD, as of UTF-8', () => {
  for (const bytes of [[0xff], [0x61, 0xc3], [0xed], [0xed, 0xa0], [0xed, 0xed, 0x9f, 0xbf], [0xe2, 0x82, 0x41]]) {
    assert.is(decodeWtf8(Buffer.from(bytes)), Buffer.from(bytes).toString(), String(bytes));
  }
  assert.is(decodeWtf8(Buffer.from([0xff, 0xed, 0xa0, 0x80, 0xff])), '\ufffd\ud800\ufffd');
});

test.run();
