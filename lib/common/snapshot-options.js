// What a caller wants of a snapshot: checks of the option of the constructors and of the arguments of `save` and
// `restore`. What becomes of it is in snapshots.js and in each kind's own files.
'use strict'

const { resolve } = require('node:path')
const { fileURLToPath } = require('node:url')

const { readCodec } = require('./codec-options.js')
const { asCalledBy, checkedFor, invalidNumber, invalidOption } = require('./errors.js')
const { isSignal } = require('./fetch-options.js')
const { warnOfUnknown } = require('./option-warnings.js')
const { limit, requireObject } = require('./options.js')

const SNAPSHOT_OPTIONS = ['path', 'interval', 'onExit', 'onCorrupt']
const SAVE_OPTIONS = ['signal', 'onProgress']
const RESTORE_OPTIONS = [...SAVE_OPTIONS, 'onCorrupt']

const PATH = "a file's path or URL"

/** A path as it stays whatever the working directory becomes; undefined for what is none. */
function absolute(path) {
  // Of any realm.
  if (typeof path?.href === 'string') {
    return path.protocol === 'file:' ? fileURLToPath(path.href) : undefined
  }
  // No file can have such a name.
  const isPath = typeof path === 'string' && path !== '' && !path.includes('\0')
  return isPath ? resolve(path) : undefined
}

function readPath(entry, method, path) {
  const read = absolute(path)
  if (read === undefined) throw asCalledBy(entry, invalidNumber(method, 'path', PATH, path))
  return read
}

function keepsValid(onCorrupt, refuse) {
  if (onCorrupt !== 'throw' && onCorrupt !== 'keep-valid') {
    throw refuse("'throw' or 'keep-valid'", onCorrupt)
  }
  return onCorrupt === 'keep-valid'
}

/** What a MemoryCache encodes with, unless it is told something else. */
const STRUCTURED = readCodec('structured')

// A shared store has a codec of its own: it takes none, and has no other one either.
function readOwnCodec({ codec }, otherwise) {
  if (otherwise === undefined) return {}
  if (codec !== undefined && codec !== null) return readCodec(codec)
  return { codec: otherwise.codec, codecName: otherwise.codecName }
}

function namesWith(names, otherwise) {
  return otherwise === undefined ? names : [...names, 'codec']
}

/** The option `snapshot` of a constructor; undefined where there is none. For `otherwise` see `readSave`. */
function readSnapshot({ snapshot }, otherwise) {
  if (snapshot === undefined || snapshot === null) return undefined
  requireObject(snapshot, 'snapshot')
  const path = absolute(snapshot.path)
  if (path === undefined) throw invalidOption('snapshot.path', PATH, snapshot.path)
  const interval = limit({ 'snapshot.interval': snapshot.interval }, 'snapshot.interval', 0)
  const onExit = snapshot.onExit ?? true
  if (typeof onExit !== 'boolean') throw invalidOption('snapshot.onExit', 'a boolean', onExit)
  const keepValid = keepsValid(snapshot.onCorrupt ?? 'throw', (expected, value) =>
    invalidOption('snapshot.onCorrupt', expected, value),
  )
  warnOfUnknown(snapshot, namesWith(SNAPSHOT_OPTIONS, otherwise), 'the option snapshot')
  return { path, interval, onExit, keepValid, ...readOwnCodec(snapshot, otherwise) }
}

function readTransfer(entry, method, path, options, names, otherwise) {
  const read = readPath(entry, method, path)
  if (options === undefined || options === null) options = {}
  const refuse = (name, expected, value) =>
    asCalledBy(entry, invalidNumber(method, name, expected, value))
  if (typeof options !== 'object') throw refuse('options', 'an object', options)
  const signal = options.signal ?? undefined
  if (signal !== undefined && !isSignal(signal)) throw refuse('signal', 'an AbortSignal', signal)
  const onProgress = options.onProgress ?? undefined
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw refuse('onProgress', 'a function', onProgress)
  }
  const keepValid = keepsValid(options.onCorrupt ?? 'throw', (expected, value) =>
    refuse('onCorrupt', expected, value),
  )
  const codec = checkedFor(entry, () => readOwnCodec(options, otherwise))
  warnOfUnknown(options, namesWith(names, otherwise), method)
  return { path: read, signal, onProgress, keepValid, ...codec }
}

/**
 * The arguments of `save`, which is `entry`. `otherwise` has the codec that counts where none is given; who takes none
 * leaves it out.
 */
function readSave(entry, path, options, otherwise) {
  return readTransfer(entry, 'save', path, options, SAVE_OPTIONS, otherwise)
}

/** The arguments of `restore`, which is `entry`. */
function readRestore(entry, path, options, otherwise) {
  return readTransfer(entry, 'restore', path, options, RESTORE_OPTIONS, otherwise)
}

module.exports = { readRestore, readSave, readSnapshot, STRUCTURED }
