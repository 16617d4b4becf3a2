// Decoded values that a thread keeps of a shared store, by the version of the entry: a version is
// never used twice, so what is found is right. Whether an entry still has that version, only the
// store can tell.
//
// Of each key the latest version seen is kept. What was used lately is in one generation; when that
// has filled half of the room, it becomes the older one and what was in the older one is dropped.
'use strict'

class NearCache {
  constructor(mostEntries, mostBytes) {
    this.mostEntries = mostEntries / 2
    this.mostBytes = mostBytes / 2
    this.versions = new Map()
    this.startGeneration(new Map())
  }

  startGeneration(older) {
    this.older = older
    this.recent = new Map()
    this.recentBytes = 0
  }

  /** `{ value }`, or undefined. */
  get(version) {
    const entry = this.recent.get(version)
    if (entry !== undefined) return entry
    const older = this.older.get(version)
    if (older !== undefined) {
      this.older.delete(version)
      this.add(version, older)
    }
    return older
  }

  /** `bytes` is about what the value takes. */
  set(key, version, value, bytes) {
    this.delete(key)
    if (bytes > this.mostBytes) return
    this.versions.set(key, version)
    this.add(version, { key, value, bytes })
  }

  delete(key) {
    const version = this.versions.get(key)
    if (version === undefined) return
    this.versions.delete(key)
    this.older.delete(version)
    const entry = this.recent.get(version)
    if (entry === undefined) return
    this.recent.delete(version)
    this.recentBytes -= entry.bytes
  }

  add(version, entry) {
    const full =
      this.recent.size + 1 > this.mostEntries || this.recentBytes + entry.bytes > this.mostBytes
    if (full && this.recent.size > 0) {
      for (const { key } of this.older.values()) this.versions.delete(key)
      // Of a single entry there are no two halves.
      if (this.mostEntries < 1) this.versions.clear()
      this.startGeneration(this.mostEntries < 1 ? new Map() : this.recent)
      this.versions.set(entry.key, version)
    }
    this.recent.set(version, entry)
    this.recentBytes += entry.bytes
  }
}

module.exports = { NearCache }
