// What outlives a process: entries as lists and as files, for both kinds of caches. What must not live here: the
// format of the files, which is in docs/snapshot-format.md. The data shapes are type aliases, as in hooks.d.ts and
// for its reason.

import type { FetchSignal } from './fetches.js'
import type { Codec } from './shared-options.js'

/** A `file:` URL, such as `new URL('sessions.snapshot', import.meta.url)`: what is needed of one. */
interface FileUrl {
  readonly href: string
  readonly protocol: string
}

/**
 * Thrown where a snapshot cannot be written or read: by `save` and `restore`, and by the constructors for the
 * option `snapshot`. The file and the cache are as they were. Its `name` is `'SnapshotError'`.
 *
 * @example
 * ```ts
 * try {
 *   await sessions.restore('sessions.snapshot')
 * } catch (error) {
 *   if (!(error instanceof SnapshotError && error.code === 'ERR_SNAPSHOT_NOT_FOUND')) throw error
 * }
 * ```
 */
export declare class SnapshotError extends Error {
  /**
   * @param message What was wrong.
   * @param options Its `code`, `path` and `cause`.
   * @example
   * ```ts
   * throw new SnapshotError('restore: there is no such file', { code: 'ERR_SNAPSHOT_NOT_FOUND' })
   * ```
   */
  constructor(
    message: string,
    options?: { code?: SnapshotErrorCode; path?: string; cause?: unknown },
  )
  /** What kind of failure it is. Example: `if (error.code === 'ERR_SNAPSHOT_LOCKED') process.exit(75)`. */
  code: SnapshotErrorCode
  /** The file's absolute path; `undefined` for a `load`. Example: `log(error.path)`. */
  path: string | undefined
  /** The system's number of an I/O error, where there is one. Example: `error.errno === 28`, no space left. */
  errno?: number
}

/**
 * Why a snapshot could not be written or read. `NOT_FOUND`: there is no such file. `NOT_A_SNAPSHOT`: it is
 * something else. `TRUNCATED`: it is empty or ends too early. `DAMAGED`: a checksum is wrong. `VERSION`: it was written by a
 * version of the package that this one does not know. `CODEC`: its values were encoded by another codec. `STORE`: it is that of a
 * store of another name, which a store does not open with. `TOO_LARGE`: it holds more than the cache may. `LOCKED`: another process, or
 * another cache, writes it. `VALUE`: a value could not be encoded or decoded; `cause` is what the codec threw.
 * `IO`: the system refused; see `errno`.
 *
 * @example
 * ```ts
 * const startsEmpty: SnapshotErrorCode[] = ['ERR_SNAPSHOT_TRUNCATED', 'ERR_SNAPSHOT_DAMAGED']
 * ```
 */
export type SnapshotErrorCode =
  | 'ERR_SNAPSHOT_NOT_FOUND'
  | 'ERR_SNAPSHOT_NOT_A_SNAPSHOT'
  | 'ERR_SNAPSHOT_TRUNCATED'
  | 'ERR_SNAPSHOT_DAMAGED'
  | 'ERR_SNAPSHOT_VERSION'
  | 'ERR_SNAPSHOT_CODEC'
  | 'ERR_SNAPSHOT_STORE'
  | 'ERR_SNAPSHOT_TOO_LARGE'
  | 'ERR_SNAPSHOT_LOCKED'
  | 'ERR_SNAPSHOT_VALUE'
  | 'ERR_SNAPSHOT_IO'

/**
 * The file that a cache is restored from when it is made, and saved to.
 *
 * While the cache is open it owns the file: another cache with the same `path`, of this process or another, is
 * refused with `ERR_SNAPSHOT_LOCKED`; the lock ends with its process, however that ends. A cache with a snapshot
 * is held until it is closed. A file that is not there is an empty one; any other that cannot be restored has the constructor throw
 * a {@link SnapshotError}.
 *
 * @example
 * ```ts
 * const snapshot: SharedSnapshotOptions = { path: '/var/lib/app/sessions.snapshot', interval: 60_000 }
 * ```
 */
export type SharedSnapshotOptions = {
  /**
   * Where the file is; its folder must be there. Relative paths are resolved once. A second file, with `.lock` at its end,
   * lies beside it and must stay there; while it is saved, and after a crash, one with `.tmp`. Required. Example: `{ path: 'sessions.snapshot' }`.
   */
  path: string | FileUrl
  /**
   * How often to save, in milliseconds of real time, besides at the end. It keeps no process alive. A save that fails is
   * counted in `getMetrics()`, and the process is warned of the first (code `NMC_SNAPSHOT_FAILED`). `0` and
   * `Infinity`: never. Default: `0`. Example: `{ path, interval: 60_000 }`.
   */
  interval?: number
  /**
   * Whether to save when the cache is closed (a shared store: when its last handle is) and when the process ends
   * while it is open: normally, by `process.exit`, an uncaught error, or SIGTERM or SIGINT for which the
   * program has no listener of its own. Saving is synchronous then. Default: `true`. Example: `{ path, onExit: false }`.
   */
  onExit?: boolean
  /**
   * What to do with a file that is damaged, or larger than the cache may be. `'throw'`: throw a {@link SnapshotError}.
   * `'keep-valid'`: restore all whole blocks before the damage; of what is too large, what was used last.
   * Default: `'throw'`. Example: `{ path, onCorrupt: 'keep-valid' }`.
   */
  onCorrupt?: 'throw' | 'keep-valid'
}

/**
 * The file of a `MemoryCache`: {@link SharedSnapshotOptions}, and how values become bytes.
 *
 * @example
 * ```ts
 * const snapshot: SnapshotOptions<Session> = { path: 'sessions.snapshot', codec: 'json' }
 * ```
 */
export type SnapshotOptions<T = unknown> = SharedSnapshotOptions & {
  /**
   * As of a shared cache: `'structured'`, `'json'` or a {@link Codec}, which may encrypt. A file is read by the
   * codec that it was written with, or one of the same name. Default: `'structured'`. Example: `{ path, codec: encrypted }`.
   */
  codec?: 'structured' | 'json' | Codec<T>
}

/**
 * How far a file is.
 *
 * @example
 * ```ts
 * const show = ({ entries, total }: SnapshotProgress) => console.log(`${entries} of ${total}`)
 * ```
 */
export type SnapshotProgress = {
  /** Entries written or read so far. */
  entries: number
  /** Entries there are, as far as that is known. */
  total: number
  /** Bytes of the file so far. */
  bytes: number
}

/**
 * What `save` may be told.
 *
 * @example
 * ```ts
 * const options: SaveOptions = { signal: AbortSignal.timeout(10_000) }
 * ```
 */
export type SaveOptions = {
  /** Stops it with its reason; the file stays as it was. Default: none. Example: `{ signal: AbortSignal.timeout(10_000) }`. */
  signal?: FetchSignal
  /**
   * Called now and then, and once it is done. What it throws stops it and rejects the promise. When it is done there
   * is nothing left to stop: what it throws then rejects all the same. Default: none. Example: `{ onProgress: show }`.
   */
  onProgress?: (progress: SnapshotProgress) => void
}

/**
 * What `restore` may be told.
 *
 * @example
 * ```ts
 * const options: RestoreOptions = { onCorrupt: 'keep-valid' }
 * ```
 */
export type RestoreOptions = SaveOptions & {
  /** As in {@link SharedSnapshotOptions}. Default: `'throw'`. Example: `{ onCorrupt: 'keep-valid' }`. */
  onCorrupt?: 'throw' | 'keep-valid'
}

/**
 * An entry of a dump.
 *
 * @example
 * ```ts
 * const entry: DumpedEntry<string> = ['key', { value: 'value', expiresAt: Date.now() + 60_000 }]
 * ```
 */
export type DumpedEntry<T> = [
  key: string,
  entry: {
    /** The value; of a shared store a copy. */
    value: T
    /** Up to when it lives, in milliseconds since the epoch; left out for ever. */
    expiresAt?: number
    /** How long it lives when it is renewed, in milliseconds, if that is not the `ttl` of the cache; `0`: it never expires. */
    ttl?: number
    /** Its tags, if there are any. */
    tags?: string[]
  },
]

/** What of a cache outlives it. */
export declare abstract class Snapshots<T> {
  /**
   * Hands out the entries one by one, in the order of `keys`, the least recently used first. The
   * keys are those at the call, each entry is as it is when its turn comes; expired ones are left out, those that are kept
   * for `getOrSet` too. Nothing is counted, promoted, removed or told to a hook.
   *
   * @returns An iterator, for {@link Snapshots.load}.
   * @throws What a codec's `decode` throws.
   * @example
   * ```ts
   * larger.load(cache.dump())
   * ```
   */
  dump(): IterableIterator<DumpedEntry<T>>

  /**
   * Replaces everything a cache holds. `load(dump())` makes the same cache: order, lifetimes, which are absolute,
   * weights and tags. Statistics start anew, and fetches under way store nothing if the cache has
   * `lateFetch: 'discard'`. What was there is reported as by `clear`; what is loaded to no hook. A `MemoryCache` reports first, and
   * what its hooks write is replaced, too; a shared store reports what it has replaced. What has expired by now is left out, and so is, beyond the limits, what comes first.
   *
   * @param entries An array or another iterable, the least recently used first. Of entries with the same key the last
   *   counts. With neither `expiresAt` nor `ttl` an entry lives as one that is set now.
   * @throws {TypeError} If `entries` is no iterable, or one of them is not as {@link DumpedEntry} says; the message
   *   names it.
   * @throws {RangeError} If `sizeCalculation` returns anything but a finite number of 0 or more. What it or a codec throws
   *   is passed on. In each case nothing has changed.
   * @example
   * ```ts
   * cache.load([['home', { value: page, expiresAt: Date.now() + 60_000, tags: ['page'] }]])
   * ```
   */
  load(
    entries: Iterable<
      readonly [
        key: string,
        entry: {
          value: T
          expiresAt?: number | Date | null
          ttl?: number | null
          tags?: readonly string[] | null
        },
      ]
    >,
  ): void

  /**
   * Writes everything that is valid to a file: beside it, then in its place, so that whatever happens it is the old
   * file or the new one. A shared store does so on a thread of its own; a `MemoryCache` encodes its values some at a
   * time between other work. What is written or removed meanwhile may be in the file or not; if everything is replaced
   * meanwhile, by `load` or `restore`, it begins anew. Further calls on the same cache wait for their turns.
   *
   * The file can be read by its owner alone. It holds keys and values as the codec makes them: who must keep them secret
   * brings one that encrypts.
   *
   * @param path A path or a `file:` URL. Its folder must be there.
   * @param options How to stop it and watch it; of a `MemoryCache`, the codec. Default: that of its option `snapshot`, or
   *   `'structured'`.
   * @returns How many entries and bytes the file has.
   * @throws {SnapshotError} If that fails, or another process or cache is writing the file. The old file stays.
   * @throws {TypeError} If an argument is not as it should be. Rejects with the reason of a signal, and with an
   *   `Error` if the cache is closed meanwhile.
   * @example
   * ```ts
   * const { entries, bytes } = await sessions.save('sessions.snapshot')
   * ```
   */
  save(path: string | FileUrl, options?: SaveOptions): Promise<{ entries: number; bytes: number }>

  /**
   * Replaces everything a cache holds by what a file has, as `load` does: in one step, of a shared store one for each shard, once all of it has been read and
   * checked. Other calls go on meanwhile; what they write is replaced. A file that holds more than
   * the cache may is refused. A file of either kind of cache can be restored into the other kind, if both have
   * the same codec.
   *
   * @param path A path or a `file:` URL.
   * @param options How to stop it and watch it, and what to do with a damaged file; of a `MemoryCache`, the codec, as for
   *   `save`.
   * @returns How many entries the cache has now.
   * @throws {SnapshotError} If that fails; the cache stays as it was.
   * @throws {TypeError} As `save`.
   * @example
   * ```ts
   * await sessions.restore('sessions.snapshot', { onCorrupt: 'keep-valid' })
   * ```
   */
  restore(path: string | FileUrl, options?: RestoreOptions): Promise<{ entries: number }>
}
