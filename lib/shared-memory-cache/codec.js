// How values of shared stores become bytes and come back. Numbers, strings, booleans, null,
// undefined, bigints and buffers take a fast path; the codec is for everything else.
'use strict'

// Not the global: a vm context has none.
const { Buffer } = require('node:buffer')
const v8 = require('node:v8')

const native = require('../common/native.js')
const { isPlainData } = require('./plain-data.js')

// Tags of stored values. The native side knows the first five: the odd ones of the texts are for
// code units below 256, one byte each.
const NUMBER = 0
const NARROW_STRING = 1
const WIDE_STRING = 2
const NARROW_JSON = 3
const WIDE_JSON = 4
const UNDEFINED = 5
const NULL = 6
const TRUE = 7
const FALSE = 8
const BIGINT = 9
const BUFFER = 10
const STRUCTURED = 11
// Structured, with buffers or typed arrays inside, which v8 leaves as views of the bytes it reads.
const STRUCTURED_VIEWS = 12
const CUSTOM_BYTES = 13
const CUSTOM_TEXT = 14

const CONSTANTS = new Map([
  [undefined, UNDEFINED],
  [null, NULL],
  [true, TRUE],
  [false, FALSE],
])

class Serializer extends v8.DefaultSerializer {
  hasViews = false

  // oxlint-disable-next-line no-underscore-dangle -- v8's own name
  _writeHostObject(view) {
    this.hasViews = true
    // oxlint-disable-next-line no-underscore-dangle -- v8's own name
    return super._writeHostObject(view)
  }

  // oxlint-disable-next-line no-underscore-dangle -- v8's own name
  _getSharedArrayBufferId() {
    throw dataCloneError('#<SharedArrayBuffer> could not be cloned.')
  }
}

function dataCloneError(message) {
  // A vm context may have no DOMException; the name is what says which error it is.
  if (typeof DOMException === 'function') return new DOMException(message, 'DataCloneError')
  return Object.assign(new Error(message), { name: 'DataCloneError' })
}

// No method: v8 calls it, its own `_writeHostObject` constructs it.
// oxlint-disable-next-line no-underscore-dangle -- v8's own name
Serializer.prototype._getDataCloneError = dataCloneError

const structured = {
  encode(value) {
    if (isPlainData(value)) return { tag: NARROW_JSON, payload: JSON.stringify(value) }
    const serializer = new Serializer()
    serializer.writeHeader()
    serializer.writeValue(value)
    const tag = serializer.hasViews ? STRUCTURED_VIEWS : STRUCTURED
    return { tag, payload: serializer.releaseBuffer() }
  },
}

const json = {
  encode(value) {
    const text = JSON.stringify(value)
    if (text === undefined) {
      throw dataCloneError(`${typeof value} cannot be expressed in JSON`)
    }
    return { tag: NARROW_JSON, payload: text }
  },
}

function custom(codec) {
  return {
    decode: (encoded) => codec.decode(encoded),
    encode(value) {
      const encoded = codec.encode(value)
      if (typeof encoded === 'string') return { tag: CUSTOM_TEXT, payload: Buffer.from(encoded) }
      if (encoded instanceof Uint8Array) return { tag: CUSTOM_BYTES, payload: asBuffer(encoded) }
      throw new TypeError('codec.encode must return a string or a Uint8Array')
    },
  }
}

function asBuffer(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Tag and payload of a value; `codec` is one of `codecs` below. */
function encode(codec, value) {
  // A codec of the user's own may encrypt: it sees every value.
  if (codec.decode !== undefined) return codec.encode(value)
  if (typeof value === 'number') return { tag: NUMBER, payload: value }
  // The native side tells narrow strings from wide ones.
  if (typeof value === 'string') return { tag: NARROW_STRING, payload: value }
  if (typeof value === 'bigint') return { tag: BIGINT, payload: Buffer.from(value.toString(36)) }
  const constant = CONSTANTS.get(value)
  if (constant !== undefined) return { tag: constant, payload: undefined }
  if (Buffer.isBuffer(value)) return { tag: BUFFER, payload: value }
  return codec.encode(value)
}

function parseBigInt36(text) {
  const negative = text.startsWith('-')
  let value = 0n
  for (const digit of negative ? text.slice(1) : text) {
    value = value * 36n + BigInt(Number.parseInt(digit, 36))
  }
  return negative ? -value : value
}

/** `bytes` must not change afterwards if the tag says that the value may view it. */
function decodeBytes(codec, tag, bytes) {
  switch (tag) {
    case NARROW_STRING:
      return bytes.latin1Slice()
    case WIDE_STRING:
      return bytes.ucs2Slice()
    case UNDEFINED:
      return undefined
    case NULL:
      return null
    case TRUE:
      return true
    case FALSE:
      return false
    case BIGINT:
      return parseBigInt36(bytes.latin1Slice())
    case BUFFER:
      return Buffer.from(bytes)
    case NARROW_JSON:
      return JSON.parse(bytes.latin1Slice())
    case WIDE_JSON:
      return JSON.parse(bytes.ucs2Slice())
    case CUSTOM_BYTES:
      return codec.decode(new Uint8Array(bytes))
    case CUSTOM_TEXT:
      return codec.decode(bytes.utf8Slice())
    default:
      return v8.deserialize(bytes)
  }
}

// Where small values are read to; nothing of it outlives the decoding.
const scratch = Buffer.allocUnsafeSlow(64 * 1024)

function foundBytes(ownCopy) {
  const target = ownCopy ? Buffer.alloc(0) : scratch
  const length = native.foundBytes(target)
  if (length <= target.length) return target.subarray(0, length)
  const bytes = Buffer.allocUnsafeSlow(length)
  native.foundBytes(bytes)
  return bytes
}

/** The value that the last native read found. */
function decodeFound(codec, tag) {
  switch (tag) {
    case NUMBER:
      return native.foundNumber()
    case NARROW_STRING:
    case WIDE_STRING:
      return native.foundString()
    case NARROW_JSON:
    case WIDE_JSON:
      return JSON.parse(native.foundString())
    case UNDEFINED:
    case NULL:
    case TRUE:
    case FALSE:
      return decodeBytes(codec, tag)
    default:
      return decodeBytes(codec, tag, foundBytes(tag === STRUCTURED_VIEWS))
  }
}

/** The value of a row of numbers that native code made. */
function decodeRow(codec, tag, place, length, payload) {
  if (tag === NUMBER) return place
  const bytes = payload.subarray(place, place + length)
  return decodeBytes(codec, tag, tag === STRUCTURED_VIEWS ? Buffer.from(bytes) : bytes)
}

/** An error on its way to other threads; whatever cannot be cloned becomes its message. */
function encodeError(error) {
  try {
    return encode(structured, error)
  } catch {
    return encode(structured, new Error(String(error?.message ?? error)))
  }
}

module.exports = {
  custom,
  decodeFound,
  decodeRow,
  encode,
  encodeError,
  json,
  structured,
}
