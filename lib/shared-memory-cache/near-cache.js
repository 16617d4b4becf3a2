// Decoded values that a thread keeps of a shared store, by the version of the entry: a version is
// never used twice, so what is found is right. Whether an entry still has that version, only the
// store can tell.
//
// Of each key the latest version seen is kept. Where room is needed the oldest goes, unless it was used since it came
// or was last spared (second chance): so a hit moves nothing, and as many are kept as there is room for.
'use strict'

// So many are spared for one that goes, at the most: no caller waits until all were looked at.
const MOST_SPARED = 32

class NearCache {
  constructor(mostEntries, mostBytes) {
    this.mostEntries = mostEntries
    this.mostBytes = mostBytes
    this.bytes = 0
    this.entries = new Map()
    this.versions = new Map()
    // One iterator for all evictions: each new one would walk over the places of all that has gone.
    this.oldest = this.entries.values()
  }

  /** `{ value }`, or undefined. */
  get(version) {
    const entry = this.entries.get(version)
    if (entry !== undefined) entry.used = true
    return entry
  }

  /** `bytes` is about what the value takes. */
  set(key, version, value, bytes) {
    this.delete(key)
    if (bytes > this.mostBytes / 2) return
    this.makeRoom(bytes)
    this.add({ key, version, value, bytes, used: false })
    this.versions.set(key, version)
  }

  delete(key) {
    const version = this.versions.get(key)
    if (version === undefined) return
    this.versions.delete(key)
    const entry = this.entries.get(version)
    if (entry !== undefined) this.drop(entry)
  }

  makeRoom(bytes) {
    let spared = 0
    while (this.entries.size >= this.mostEntries || this.bytes + bytes > this.mostBytes) {
      const { done, value: entry } = this.oldest.next()
      if (done) {
        if (this.entries.size === 0) return
        this.oldest = this.entries.values()
        continue
      }
      this.drop(entry)
      if (entry.used && spared++ < MOST_SPARED) {
        entry.used = false
        this.add(entry)
      } else if (this.versions.get(entry.key) === entry.version) {
        this.versions.delete(entry.key)
      }
    }
  }

  // Where the stack ends within these the entry is there and counted, or neither. What else was to be done is left: a key then
  // has a version without an entry, or none, and its entry goes when it is the oldest.

  add(entry) {
    this.entries.set(entry.version, entry)
    this.bytes += entry.bytes
  }

  drop(entry) {
    this.entries.delete(entry.version)
    this.bytes -= entry.bytes
  }
}

module.exports = { NearCache }
