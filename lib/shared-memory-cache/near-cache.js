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
    this.add(version, { key, value, bytes, used: false })
    this.versions.set(key, version)
  }

  delete(key) {
    const version = this.versions.get(key)
    if (version === undefined) return
    this.versions.delete(key)
    const entry = this.entries.get(version)
    if (entry !== undefined) this.drop(version, entry)
  }

  makeRoom(bytes) {
    let spared = 0
    for (const [version, entry] of this.entries) {
      if (this.entries.size < this.mostEntries && this.bytes + bytes <= this.mostBytes) return
      this.drop(version, entry)
      if (entry.used && spared++ < MOST_SPARED) {
        entry.used = false
        this.add(version, entry)
      } else if (this.versions.get(entry.key) === version) {
        this.versions.delete(entry.key)
      }
    }
  }

  // Where the stack ends within these the entry is there and counted, or neither. What else was to be done is left: a key then
  // has a version without an entry, or none, and its entry goes when it is the oldest.

  add(version, entry) {
    this.entries.set(version, entry)
    this.bytes += entry.bytes
  }

  drop(version, entry) {
    this.entries.delete(version)
    this.bytes -= entry.bytes
  }
}

module.exports = { NearCache }
