// The structured clone of a value as bytes, v8's own, but for views: Node.js writes those of arrays
// without the array that they share, and reads them as views of whatever buffer it has at hand, which
// holds bytes of others. Which values come here is decided in codec.js.
'use strict'

// Not the global: a vm context has none.
const { Buffer } = require('node:buffer')
const v8 = require('node:v8')

// Kinds of views, written as their place in this list. A Buffer is a part of an array that is not its own.
const BUFFER = 0
const KINDS = [
  'Buffer',
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'Float16Array',
]

function kindOf(view) {
  if (Buffer.isBuffer(view)) return BUFFER
  // Host objects that are no views, such as sockets, have no kind.
  return ArrayBuffer.isView(view) ? KINDS.indexOf(view[Symbol.toStringTag]) : -1
}

class Serializer extends v8.DefaultSerializer {
  // oxlint-disable-next-line no-underscore-dangle -- v8's own name
  _writeHostObject(view) {
    const kind = kindOf(view)
    if (kind < BUFFER) throw dataCloneError('#<Object> could not be cloned.')
    this.writeUint32(kind)
    if (kind === BUFFER) {
      this.writeUint32(view.length)
      this.writeRawBytes(view)
      return
    }
    this.writeDouble(view.byteOffset)
    this.writeDouble(view.length ?? view.byteLength)
    this.writeValue(view.buffer)
  }

  // oxlint-disable-next-line no-underscore-dangle -- v8's own name
  _getSharedArrayBufferId() {
    throw dataCloneError('#<SharedArrayBuffer> could not be cloned.')
  }
}

// No method: v8 calls it, its own `_writeHostObject` constructs it.
// oxlint-disable-next-line no-underscore-dangle -- v8's own name
Serializer.prototype._getDataCloneError = dataCloneError

class Deserializer extends v8.DefaultDeserializer {
  // oxlint-disable-next-line no-underscore-dangle -- v8's own name
  _readHostObject() {
    const kind = this.readUint32()
    if (kind === BUFFER) return Buffer.from(this.readRawBytes(this.readUint32()))
    const offset = this.readDouble()
    const length = this.readDouble()
    return new globalThis[KINDS[kind]](this.readValue(), offset, length)
  }
}

function dataCloneError(message) {
  // A vm context may have no DOMException; the name is what says which error it is.
  if (typeof DOMException === 'function') return new DOMException(message, 'DataCloneError')
  return Object.assign(new Error(message), { name: 'DataCloneError' })
}

function serialize(value) {
  const serializer = new Serializer()
  serializer.writeHeader()
  serializer.writeValue(value)
  return serializer.releaseBuffer()
}

function deserialize(bytes) {
  const deserializer = new Deserializer(bytes)
  deserializer.readHeader()
  return deserializer.readValue()
}

module.exports = { dataCloneError, deserialize, serialize }
