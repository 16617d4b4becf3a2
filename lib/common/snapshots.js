// Caches that have a snapshot of their own, of either kind: held until they are closed, saved in intervals and at the
// end of the process. How one is saved is each kind's; what a snapshot is, is decided natively.
'use strict'

const { snapshotFailure } = require('./errors.js')
const native = require('./native.js')
const port = require('./port.js')
const { ignore } = require('./promises.js')
const { addAtEnd, removeAtEnd } = require('./process-end.js')

// Ends of one cache that save, each within the other.
const MOST_ENDINGS = 2

// What is to be saved is held, whoever else has dropped it.
const held = new Set()

function warningOf(path, error) {
  const why = String(error?.message ?? error).replace(/\.$/, '')
  const warning = new Error(
    `The snapshot ${path} could not be saved: ${why}. getMetrics() counts such failures.`,
    { cause: error },
  )
  warning.name = 'MemoryCacheWarning'
  return Object.assign(warning, { code: 'NMC_SNAPSHOT_FAILED' })
}

/** What native code answers, unless that is a failure; `wanted` is the method. */
function succeeded(wanted, path, answer) {
  if (answer.failure !== undefined) throw snapshotFailure(wanted, path, answer.failure)
  return answer
}

/** Has saves of one cache wait for each other: each has what is there when its turn comes. */
function saveInTurn(state, begin) {
  const saved = (state.lastSave ?? Promise.resolve()).then(begin)
  const settled = saved.catch(ignore).finally(() => {
    // A promise keeps its caller's async context.
    if (state.lastSave === settled) state.lastSave = undefined
  })
  state.lastSave = settled
  return saved
}

class OwnSnapshot {
  /** `saveNow()` saves at once, `saveLater()` in a while and returns a promise. */
  constructor({ path, interval, onExit }, { saveNow, saveLater }) {
    this.path = path
    this.failures = 0
    this.saveNow = onExit ? saveNow : undefined
    this.saveLater = saveLater
    this.isSaving = false
    this.endings = 0
    this.checks = undefined
    this.atEnd = () => this.#attempt(true)
    if (interval > 0 && interval !== Infinity) {
      // The port holds it weakly.
      this.onInterval = () => void this.#saveAgain()
      this.checks = port.startChecks(port.addDueWeakly(this.onInterval), interval)
    }
    if (onExit) addAtEnd(this.atEnd)
    held.add(this)
  }

  async #saveAgain() {
    // The last one takes longer than an interval.
    if (this.isSaving) return
    this.isSaving = true
    try {
      await this.saveLater()
    } catch (error) {
      // Closed meanwhile.
      if (held.has(this)) this.failed(error)
    }
    this.isSaving = false
  }

  #attempt(isEnding) {
    try {
      this.saveNow()
    } catch (error) {
      this.failed(error, isEnding)
    }
  }

  /** Counts a failure and warns of it. */
  failed(error, isEnding = false) {
    this.failures++
    const { path } = this
    if (!native.isFirstWarning(`NMC_SNAPSHOT_FAILED ${path}`)) return
    const warning = warningOf(path, error)
    // There is no later turn in which it would be given.
    if (isEnding) process.emit('warning', warning)
    else process.emitWarning(warning)
  }

  /** Lets go, having saved for the last time if that is wanted and is done at the end. */
  end(saves) {
    if (!held.has(this)) return
    // A codec may close the cache. And a save may be cut off, so that the next end is not one within it.
    if (saves && this.saveNow !== undefined && this.endings < MOST_ENDINGS) {
      this.endings++
      this.#attempt(false)
      this.endings--
    }
    if (this.checks !== undefined) native.stopChecks(this.checks)
    removeAtEnd(this.atEnd)
    held.delete(this)
  }
}

module.exports = { OwnSnapshot, saveInTurn, succeeded }
