// Hooks after the caller's turn: events wait in order and are handed over in batches, the first
// through the port's threadsafe function. None is lost while the process lives.
'use strict'

const { callHook } = require('../common/hooks.js')
const port = require('../common/port.js')

const AT_ONCE = 256

// The port holds what it calls weakly, and a cache may be collected before its events are delivered.
const undelivered = new Set()

class DeferredHooks {
  constructor() {
    this.events = []
    this.delivered = 0
    this.waiting = []
    this.scheduled = false
    // Kept here: the port itself holds it weakly.
    this.deliver = this.deliver.bind(this)
    this.number = port.addNudged(this.deliver)
  }

  add(hook, context) {
    this.events.push({ hook, context })
    if (this.scheduled) return
    this.scheduled = true
    undelivered.add(this)
    port.keepAlive()
    port.nudge(this.number)
  }

  deliver() {
    const end = Math.min(this.delivered + AT_ONCE, this.events.length)
    while (this.delivered < end) {
      const { hook, context } = this.events[this.delivered++]
      callHook(hook, context)
    }
    if (this.delivered < this.events.length) {
      // Forgotten by halves, so that no event is moved more than once on average.
      if (this.delivered * 2 > this.events.length) {
        this.events.splice(0, this.delivered)
        this.delivered = 0
      }
      // Messages to oneself would all come in this turn: other work has its turn in between.
      port.setImmediate(this.deliver)
      return
    }
    this.events = []
    this.delivered = 0
    this.scheduled = false
    undelivered.delete(this)
    port.letGo()
    for (const resolve of this.waiting.splice(0)) resolve()
  }

  flushed() {
    if (!this.scheduled) return Promise.resolve()
    return new Promise((resolve) => this.waiting.push(resolve))
  }
}

module.exports = { DeferredHooks }
