// Whose clock counts: the native one while `Date` is genuine, else whatever `Date.now` says.
// The facade must look, because in jest and vitest it is evaluated in the test's own realm.
'use strict'

const native = require('./native.js')

let genuineDate
let genuineNow

// Bound functions and proxies print as native code too, but without a name.
function isBuiltin(value, name) {
  if (typeof value !== 'function') return false
  const source = Function.prototype.toString.call(value).replace(/\s+/g, ' ')
  return source === `function ${name}() { [native code] }`
}

// Loading under fake timers leaves the genuine clock unknown: the next cache looks again.
function captureClock() {
  if (genuineDate !== undefined) return
  if (!isBuiltin(Date, 'Date') || !isBuiltin(Date.now, 'now')) return
  if (Math.abs(Date.now() - native.now()) > 1000) return
  genuineDate = Date
  genuineNow = Date.now
}

function isGenuine() {
  return Date === genuineDate && Date.now === genuineNow
}

/** The time, by the clock that counts. */
function currentTime() {
  return isGenuine() ? native.now() : Number(Date.now())
}

module.exports = { captureClock, currentTime, isGenuine }
