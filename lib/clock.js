// Whose clock counts: the native one while `Date` is genuine, else whatever `Date.now` says.
// The facade must look, because in jest and vitest it is evaluated in the test's own realm.
'use strict'

const native = require('./native.js')

let genuineDate
let genuineNow

function isNativeFunction(value) {
  return (
    typeof value === 'function' &&
    /\{\s*\[native code\]\s*\}\s*$/.test(Function.prototype.toString.call(value))
  )
}

// Loading under fake timers leaves the genuine clock unknown: the next cache looks again.
function captureClock() {
  if (genuineDate !== undefined) return
  if (!isNativeFunction(Date) || !isNativeFunction(Date.now)) return
  // A bound function prints as native code too: only its name gives it away.
  if (Date.now.name !== 'now' || Math.abs(Date.now() - native.now()) > 1000) return
  genuineDate = Date
  genuineNow = Date.now
}

function isGenuine() {
  return Date === genuineDate && Date.now === genuineNow
}

module.exports = { captureClock, isGenuine }
