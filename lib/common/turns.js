// Work in small parts between turns of the event loop. It is woken natively: faked timers have no part in it. What
// the work is, is for who has it.
'use strict'

const native = require('./native.js')
const port = require('./port.js')

// Milliseconds of work in one turn: by a clock of whole ones, so it may be less. A collection of young values may come on
// top, which with a million sessions takes 3.5.
const BUDGET = 1

let waiting = []

const number = port.addDue(() => {
  const resolved = waiting
  waiting = []
  for (const resolve of resolved) resolve()
})

/** A promise for the next turn. It keeps the process alive. */
function nextTurn() {
  return new Promise((resolve) => {
    waiting.push(resolve)
    port.nudge(number, true)
  })
}

/** Calls `step` until it returns false or the turn has worked for long enough; what it returned last. */
function workFor(step) {
  const end = native.now() + BUDGET
  let more
  do more = step()
  while (more && native.now() < end)
  return more
}

module.exports = { nextTurn, workFor }
