// How values of shared stores, and of snapshots, become bytes and come back. Numbers, strings, booleans, null,
// undefined, bigints and buffers take a fast path; the codec is for everything else.
'use strict'

// Not the global: a vm context has none.
const { Buffer } = require('node:buffer')
const { isFetchTimeout, valueGone } = require('./errors.js')
const native = require('./native.js')
const { dataCloneError, deserialize, serialize } = require('./clone.js')
const { plainJson } = require('./plain-data.js')

const { answers } = native

// Tags of stored values. The native side knows the first seven: the odd ones of the texts are for
// code units below 256, one byte each.
const NUMBER = 0
const NARROW_STRING = 1
const WIDE_STRING = 2
const NARROW_JSON = 3
const WIDE_JSON = 4
const NARROW_CUSTOM = 5
const WIDE_CUSTOM = 6
const UNDEFINED = 7
const NULL = 8
const TRUE = 9
const FALSE = 10
const BIGINT = 11
const BUFFER = 12
const STRUCTURED = 13
const CUSTOM_BYTES = 14
const DOM_EXCEPTION = 15
// A large value of an event that native code still has.
const KEPT = 255

const CONSTANTS = new Map([
  [undefined, UNDEFINED],
  [null, NULL],
  [true, TRUE],
  [false, FALSE],
])

// A text may be longer than strings can be where the value itself is not.
function plainText(value) {
  try {
    return plainJson(value)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const structured = {
  encode(value) {
    const text = plainText(value)
    if (text !== undefined) return { tag: NARROW_JSON, payload: text }
    return { tag: STRUCTURED, payload: serialize(value) }
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
      if (typeof encoded === 'string') return { tag: NARROW_CUSTOM, payload: encoded }
      if (encoded instanceof Uint8Array) return { tag: CUSTOM_BYTES, payload: asBuffer(encoded) }
      throw new TypeError('codec.encode must return a string or a Uint8Array')
    },
  }
}

function asBuffer(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** As `encode`, for a value that others are encoded after before it is copied: a codec may use its bytes again. */
function encodeAside(codec, value) {
  const encoded = encode(codec, value)
  if (encoded.tag === CUSTOM_BYTES) encoded.payload = Buffer.from(encoded.payload)
  return encoded
}

/** Tag and payload of a value; `codec` is one of `codecs` below. */
function encode(codec, value) {
  // A codec of the user's own may encrypt: it sees every value.
  if (codec.decode !== undefined) return codec.encode(value)
  if (typeof value === 'number') return { tag: NUMBER, payload: value }
  // The native side tells narrow strings from wide ones.
  if (typeof value === 'string') return { tag: NARROW_STRING, payload: value }
  if (typeof value === 'bigint') return { tag: BIGINT, payload: Buffer.from(value.toString(16)) }
  const constant = CONSTANTS.get(value)
  if (constant !== undefined) return { tag: constant, payload: undefined }
  if (Buffer.isBuffer(value)) return { tag: BUFFER, payload: value }
  return codec.encode(value)
}

// Hexadecimal is read in linear time.
function parseBigInt(text) {
  return text.startsWith('-') ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`)
}

/** What is no text. Nothing of `bytes` is part of the value. */
function decodeBytes(codec, tag, bytes) {
  switch (tag) {
    case UNDEFINED:
      return undefined
    case NULL:
      return null
    case TRUE:
      return true
    case FALSE:
      return false
    case BIGINT:
      return parseBigInt(bytes.latin1Slice())
    case BUFFER:
      return Buffer.from(bytes)
    case CUSTOM_BYTES:
      return codec.decode(new Uint8Array(bytes))
    case DOM_EXCEPTION:
      return decodeDomException(bytes)
    default:
      return deserialize(bytes)
  }
}

function decodeText(codec, tag, text) {
  if (tag <= WIDE_STRING) return text
  return tag <= WIDE_JSON ? JSON.parse(text) : codec.decode(text)
}

// Where small values are read to; nothing of it outlives the decoding.
const scratch = Buffer.allocUnsafeSlow(64 * 1024)

function foundBytes() {
  const length = native.foundBytes(scratch)
  if (length <= scratch.length) return scratch.subarray(0, length)
  const bytes = Buffer.allocUnsafeSlow(length)
  native.foundBytes(bytes)
  return bytes
}

/** The value that a native read has just answered with this tag; `payload` is what it returned. */
function decodeFound(codec, tag, payload) {
  if (tag === NUMBER) return payload
  if (tag <= WIDE_CUSTOM) return decodeText(codec, tag, payload)
  if (tag <= FALSE) return decodeBytes(codec, tag)
  return decodeBytes(codec, tag, foundBytes())
}

/** The value of a row of numbers that native code made. */
function decodeRow(codec, tag, place, length, payload) {
  if (tag === NUMBER) return place
  if (tag === KEPT) return decodeKept(codec, place)
  const end = place + length
  if (tag > WIDE_CUSTOM) return decodeBytes(codec, tag, payload.subarray(place, end))
  const isNarrow = tag % 2 === 1
  // Without a view of these bytes alone, which costs as much as the text.
  return decodeText(
    codec,
    tag,
    isNarrow ? payload.latin1Slice(place, end) : payload.ucs2Slice(place, end),
  )
}

function decodeKept(codec, number) {
  const payload = native.keptValue(number)
  const found = answers[0]
  if (found === 0) throw valueGone()
  return decodeFound(codec, found - 1, payload)
}

/** An error on its way to other threads; whatever cannot be cloned becomes its message. */
function encodeError(error) {
  try {
    // Node.js 20 clones it to an empty object, and of an own class only the name would be lost.
    if (
      isFetchTimeout(error) ||
      Object.prototype.toString.call(error) === '[object DOMException]'
    ) {
      const text = JSON.stringify([error.message, error.name])
      return { tag: DOM_EXCEPTION, payload: Buffer.from(text) }
    }
    return encode(structured, error)
  } catch {
    return encode(structured, new Error(messageOf(error)))
  }
}

// The error is somebody else's: whatever is read of it may throw.
function messageOf(error) {
  try {
    return String(error?.message ?? error)
  } catch {
    return 'the fetch failed with an error that has no message'
  }
}

function decodeDomException(bytes) {
  const [message, name] = JSON.parse(bytes.utf8Slice())
  if (typeof DOMException === 'function') return new DOMException(message, name)
  return Object.assign(new Error(message), { name })
}

module.exports = {
  custom,
  decodeFound,
  decodeRow,
  encode,
  encodeAside,
  encodeError,
  json,
  structured,
}
