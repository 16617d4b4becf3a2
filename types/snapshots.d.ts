// What outlives a process: entries as lists and as files, for both kinds of caches. What must not live here: the
// format of the files, which is in docs/snapshot-format.md. The data shapes are type aliases, as in hooks.d.ts and
// for its reason.

import type { FetchSignal } from './fetches.js'
import type { Codec } from './shared-options.js'

/** A `file:` URL, such as `new URL('sessions.snapshot', import.meta.url)`: the members that are used. */
interface FileUrl {
  readonly href: string
  readonly protocol: string
}

/**
 * Thrown if a snapshot cannot be written or read: by `save` and `restore`, and by the constructors for the
 * option `snapshot`. The file and the cache do not change. Its `name` is `'SnapshotError'`.
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
   * @param message What went wrong.
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
  /** The kind of failure. Example: `if (error.code === 'ERR_SNAPSHOT_LOCKED') process.exit(75)`. */
  code: SnapshotErrorCode
  /** The file's absolute path; `undefined` for a `load`. Example: `log(error.path)`. */
  path: string | undefined
  /** The error number of the system, for an I/O error. Example: `error.errno === 28`, no space left. */
  errno?: number
}

/**
 * Why a snapshot could not be written or read. `NOT_FOUND`: there is no such file. `NOT_A_SNAPSHOT`: the file
 * is not a snapshot. `TRUNCATED`: it is empty or ends too early. `DAMAGED`: a checksum is wrong. `VERSION`: it
 * was written by an unknown version of the package. `CODEC`: its values were encoded by a different codec.
 * `STORE`: it belongs to a store with a different name. `TOO_LARGE`: it exceeds the limits of the cache.
 * `LOCKED`: another process or another cache owns it. `VALUE`: a value could not be encoded or decoded; `cause`
 * is the error of the codec. `IO`: an I/O error; see `errno`.
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
 * The file from which a cache is restored when it is created, and to which it is saved.
 *
 * While the cache is open it owns the file: another cache with the same `path`, in this process or another, is
 * rejected with `ERR_SNAPSHOT_LOCKED`. The lock ends with its process, however that ends. A cache with a
 * snapshot is not garbage-collected until it is closed. If the file does not exist, the cache starts empty; if
 * it cannot be restored, also because the cache may hold less than before, the constructor throws a
 * {@link SnapshotError}.
 *
 * All values must be cloneable, or the codec's own: if one of a `MemoryCache` cannot be encoded, the whole save
 * fails. Class instances come back as plain objects.
 *
 * @example
 * ```ts
 * const snapshot: SharedSnapshotOptions = { path: '/var/lib/app/sessions.snapshot', interval: 60_000 }
 * ```
 */
export type SharedSnapshotOptions = {
  /**
   * The path of the file; its directory must exist. Relative paths are resolved once. A second file, with the
   * suffix `.lock`, is created next to it and must not be removed; during a save, and after a crash, there can
   * be one with `.tmp`. Required. Example: `{ path: 'sessions.snapshot' }`.
   */
  path: string | FileUrl
  /**
   * How often to save, in milliseconds of real time, in addition to the save at the end. This does not keep the
   * process alive. Failed saves are counted in `getMetrics()`, and the first one causes a process warning (code
   * `NMC_SNAPSHOT_FAILED`). `0` and `Infinity`: never. Default: `0`. Example: `{ path, interval: 60_000 }`.
   */
  interval?: number
  /**
   * Whether to save when the cache is closed (for a shared store, its last handle), and when the process ends
   * while it is open: normally, by `process.exit`, by an uncaught error, or by SIGTERM or SIGINT if the program
   * has no listener for it. This save is synchronous. Default: `true`. Example: `{ path, onExit: false }`.
   */
  onExit?: boolean
  /**
   * What to do with a file that is damaged or exceeds the limits of the cache. `'throw'`: throw a
   * {@link SnapshotError}. `'keep-valid'`: restore all complete blocks before the damage; if it is too large, the most
   * recently used entries. Default: `'throw'`. Example: `{ path, onCorrupt: 'keep-valid' }`.
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
   * As for a shared cache: `'structured'`, `'json'` or a {@link Codec}, which can encrypt. A file must be read
   * with the codec that wrote it, or one with the same name. Default: `'structured'`. Example:
   * `{ path, codec: encrypted }`.
   */
  codec?: 'structured' | 'json' | Codec<T>
}

/**
 * The progress of a save or restore.
 *
 * @example
 * ```ts
 * const show = ({ entries, total }: SnapshotProgress) => console.log(`${entries} of ${total}`)
 * ```
 */
export type SnapshotProgress = {
  /** Entries written or read so far. */
  entries: number
  /** The total number of entries, as far as it is known. */
  total: number
  /** Bytes of the file so far. */
  bytes: number
}

/**
 * Options of `save`.
 *
 * @example
 * ```ts
 * const options: SaveOptions = { signal: AbortSignal.timeout(10_000) }
 * ```
 */
export type SaveOptions = {
  /**
   * Stops the operation, which then rejects with the reason of the signal; nothing changes. Default: none.
   * Example: `{ signal: AbortSignal.timeout(10_000) }`.
   */
  signal?: FetchSignal
  /**
   * Called from time to time, and once at the end. An error that it throws stops the operation and rejects the
   * promise. An error in the last call also rejects the promise, although the operation has completed. Default:
   * none. Example: `{ onProgress: show }`.
   */
  onProgress?: (progress: SnapshotProgress) => void
}

/**
 * Options of `restore`.
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
    /** The value; for a shared store a copy. */
    value: T
    /** When it expires, in milliseconds since the epoch; omitted if it never does. */
    expiresAt?: number
    /**
     * Its lifetime when it is renewed, in milliseconds, if that differs from the `ttl` of the cache; `0`: it
     * never expires.
     */
    ttl?: number
    /** Its tags, if it has any. */
    tags?: string[]
  },
]

/** Methods to export and import the entries of a cache. */
export declare abstract class Snapshots<T> {
  /**
   * Iterates over the entries in the order of `keys`, least recently used first. The keys are those at the time
   * of the call; each entry is read when the iterator reaches it. Expired entries are left out, including stale
   * ones. Nothing is counted, promoted or removed, and no hook is called.
   *
   * @returns An iterator, for {@link Snapshots.load}.
   * @throws An error of the codec's `decode`.
   * @example
   * ```ts
   * larger.load(cache.dump())
   * ```
   */
  dump(): IterableIterator<DumpedEntry<T>>

  /**
   * Replaces all entries of a cache. `load(dump())` reproduces the cache: order, absolute lifetimes, weights
   * and tags. The statistics are reset, and fetches in progress store nothing if the cache has
   * `lateFetch: 'discard'`. The old entries are reported as by `clear`; no hook is called for the loaded ones. A
   * `MemoryCache` reports before the replacement, so entries that its hooks write are replaced, too; a shared
   * store reports afterwards. Expired entries are left out, and so are the first ones if there are more than
   * the limits allow.
   *
   * @param entries An array or another iterable, least recently used first. If several entries have the same
   *   key, the last one counts. An entry with neither `expiresAt` nor `ttl` lives as long as one that is set
   *   now.
   * @throws {TypeError} If `entries` is not an iterable, or an entry is not a {@link DumpedEntry}; the message
   *   names it.
   * @throws {RangeError} If `sizeCalculation` returns anything but a finite number of 0 or more. Its errors and
   *   those of a codec are passed on. In each case nothing has changed.
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
   * Writes all valid entries to a temporary file, which then replaces the old one, so that at any time the file
   * is either the old or the new one. A shared store does this on a separate thread; a `MemoryCache` encodes
   * its values in batches between other work. Changes during the save may or may not be in the file; if all
   * entries are replaced by `load` or `restore`, the save starts again. Further calls on the same cache wait
   * for their turn.
   *
   * Only the owner of the file can read it. It contains the keys, and the values as the codec encodes them; to
   * protect values, use a codec that encrypts.
   *
   * @param path A path or a `file:` URL. Its directory must exist.
   * @param options How to stop it, and progress reports; for a `MemoryCache` also the codec. Default: that of
   *   its option `snapshot`, or `'structured'`.
   * @returns The number of entries and bytes in the file.
   * @throws {SnapshotError} If it fails, or another process or cache owns the file. The old file stays.
   * @throws {TypeError} If an argument is invalid. Also rejects with the reason of the signal, and with an
   *   `Error` if the cache is closed during the save.
   * @example
   * ```ts
   * const { entries, bytes } = await sessions.save('sessions.snapshot')
   * ```
   */
  save(path: string | FileUrl, options?: SaveOptions): Promise<{ entries: number; bytes: number }>

  /**
   * Replaces all entries of a cache by those of a file, as `load` does: in one step (in a shared store, one per
   * shard), after the whole file has been read and checked. Other calls continue in the meantime; their writes
   * are replaced. A file that exceeds the limits of the cache is rejected. A file of one kind of cache can be
   * restored into the other kind if both have the same codec.
   *
   * @param path A path or a `file:` URL.
   * @param options How to stop it, progress reports, and what to do with a damaged file; for a `MemoryCache`
   *   also the codec, as for `save`.
   * @returns The number of entries in the cache now.
   * @throws {SnapshotError} If it fails; the cache does not change.
   * @throws {TypeError} As `save`.
   * @example
   * ```ts
   * await sessions.restore('sessions.snapshot', { onCorrupt: 'keep-valid' })
   * ```
   */
  restore(path: string | FileUrl, options?: RestoreOptions): Promise<{ entries: number }>
}
