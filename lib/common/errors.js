// Every error that the package throws by itself, made in the caller's realm. No checks live here.
'use strict'

const { inspect, types } = require('node:util')

class CacheConfigError extends Error {
  constructor(message) {
    super(message)
    this.name = 'CacheConfigError'
  }
}

// Which method an error was thrown by.
const thrownBy = new WeakMap()

/** The error with the caller of `entry` on top of its stack, in place of the package's own frames. */
function asCalledBy(entry, error) {
  Error.captureStackTrace?.(error, entry)
  thrownBy.set(error, entry.name)
  return error
}

/**
 * What the method that `entry` has called, and which has its name, threw: if it is of its arguments, as called
 * by the caller of `entry`.
 */
function asPassedOn(entry, error) {
  return thrownBy.get(error) === entry.name ? asCalledBy(entry, error) : error
}

/** The methods of a class as they are here, whatever is put in their place: entries for the above. */
function methodsOf({ prototype }) {
  const names = Object.getOwnPropertyNames(prototype)
  return Object.fromEntries(
    names.map((name) => [name, Object.getOwnPropertyDescriptor(prototype, name).value]),
  )
}

/** What a check of options returns; its errors are as called by the caller of `entry`. */
function checkedFor(entry, check) {
  try {
    return check()
  } catch (error) {
    throw error instanceof CacheConfigError ? asCalledBy(entry, error) : error
  }
}

function typeName(value) {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function show(value) {
  return inspect(value, { depth: 0, breakLength: Infinity })
}

function invalidOption(option, expected, value) {
  return new CacheConfigError(`${option} must be ${expected}, received ${show(value)}`)
}

function negativeOption(option) {
  return new CacheConfigError(`${option} must be a non-negative number`)
}

function missingSizeCalculation() {
  return new CacheConfigError('sizeCalculation is required when maxWeight is greater than 0')
}

function missingName() {
  return new CacheConfigError(
    'keyGenerator is required for a function without a name whose results go into a cache of others',
  )
}

function invalidArgument(method, argument, value) {
  return new TypeError(`${method}: ${argument} must be a string, received ${typeName(value)}`)
}

function invalidBatch(method, argument, expected, value) {
  return new TypeError(
    `${method}: ${argument} must be an array or another iterable of ${expected}, received ${typeName(value)}`,
  )
}

function notAnEntry(method, place, value, expected = 'key and value or an object with both') {
  return new TypeError(
    `${method}: ${place} must be an array of ${expected}, received ${typeName(value)}`,
  )
}

function invalidWeight() {
  return new RangeError('sizeCalculation must return a finite, non-negative number')
}

function invalidNumber(method, argument, expected, value) {
  return new TypeError(`${method}: ${argument} must be ${expected}, received ${show(value)}`)
}

// What a promise has been rejected with, and where, is long.
function invalidResult(method, argument, expected, value) {
  const received = types.isPromise(value) ? 'a promise' : show(value)
  return new TypeError(`${method}: ${argument} must return ${expected}, received ${received}`)
}

function notAFunction(method, argument, value) {
  return new TypeError(`${method}: ${argument} must be a function, received ${typeName(value)}`)
}

function exclusive(method, argument, value, other, otherValue) {
  return new TypeError(
    `${method}: ${argument} and ${other} exclude each other, received ${show(value)} and ${show(otherValue)}`,
  )
}

class TimeoutError extends Error {}
Object.defineProperty(TimeoutError.prototype, 'name', { value: 'TimeoutError' })

function fetchTimeout(key, timeout) {
  return new TimeoutError(`getOrSet: there is no value of ${show(key)} after ${timeout} ms`)
}

function isFetchTimeout(error) {
  return error instanceof TimeoutError
}

function notANumber(method, key) {
  return new TypeError(`${method}: the entry ${show(key)} holds something else than a number`)
}

function noSum(method, key, by) {
  return new TypeError(
    `${method}: adding ${show(by)} to the number of the entry ${show(key)} makes none`,
  )
}

// Keys come from outside, and this one is long.
const SHOWN_OF_KEY = 32

function showKey(key) {
  const shown = key.length > SHOWN_OF_KEY ? `${key.slice(0, SHOWN_OF_KEY)}…` : key
  return `the key ${show(shown)}, of length ${key.length},`
}

function entryTooLarge(method, key) {
  return new RangeError(`${method}: an entry of ${showKey(key)} is larger than the store may be`)
}

function closedCache() {
  return new Error('the cache is closed')
}

function closedView() {
  return new Error('the view is closed')
}

function closedStore(name) {
  return new Error(`the shared cache ${show(name)} is closed`)
}

function noSuchStore(name) {
  const error = new Error(`attach: there is no open store ${show(name)}`)
  return Object.assign(error, { code: 'ERR_NO_SUCH_STORE' })
}

class SnapshotError extends Error {
  constructor(message, { code, path, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'SnapshotError'
    this.code = code
    this.path = path
  }
}

/** What native code says of a file, as an error of who wanted to `save`, `restore` or `open` it. */
function snapshotFailure(wanted, path, { code, text, errno }) {
  const error = new SnapshotError(`${wanted}: ${show(path)}: ${text}`, {
    code: `ERR_SNAPSHOT_${code}`,
    path,
  })
  return errno === undefined ? error : Object.assign(error, { errno })
}

/** A value that the codec could not encode, or decode. */
function snapshotValue(wanted, path, key, cause) {
  const what = wanted === 'save' ? 'encoded' : 'decoded'
  const message = `${wanted}: ${show(path)}: the value of ${showKey(key)} cannot be ${what}: ${messageOf(cause)}`
  return new SnapshotError(message, { code: 'ERR_SNAPSHOT_VALUE', path, cause })
}

// The error is somebody else's: whatever is read of it may throw.
function messageOf(error) {
  try {
    return String(error?.message ?? error)
  } catch {
    return 'an error without a message'
  }
}

function conflictingOption(name, option, open, value) {
  return new CacheConfigError(
    `${option} must be ${open}, with which the store ${show(name)} is open, received ${show(value)}`,
  )
}

function valueGone() {
  return new Error(
    'the value of this event is gone: of large values that hooks have not read yet, the latest 32 MiB are kept',
  )
}

function notACache() {
  return new TypeError(
    'this is neither what the constructor made nor a proxy of it: a MemoryCache cannot be cloned',
  )
}

function notAMethod(what) {
  return new TypeError(`cached can only decorate methods, received ${what}`)
}

function unusableBinary(code, message, cause) {
  const error = new Error(`native-memory-cache has ${message}`, cause && { cause })
  return Object.assign(error, { code: `ERR_BINARY_${code}` })
}

module.exports = {
  CacheConfigError,
  SnapshotError,
  asCalledBy,
  asPassedOn,
  checkedFor,
  closedCache,
  closedStore,
  closedView,
  conflictingOption,
  entryTooLarge,
  exclusive,
  fetchTimeout,
  invalidArgument,
  invalidBatch,
  invalidNumber,
  invalidOption,
  isFetchTimeout,
  invalidResult,
  invalidWeight,
  methodsOf,
  missingName,
  missingSizeCalculation,
  negativeOption,
  noSuchStore,
  noSum,
  notACache,
  notAFunction,
  notAMethod,
  notANumber,
  notAnEntry,
  snapshotFailure,
  snapshotValue,
  unusableBinary,
  valueGone,
}
