// Traces of requests: a folder of `*.u32.gz`, each the keys of one trace as gzipped numbers of 32 bits, the lowest byte first.
// Lives here: reading them, the sizes of caches that suit them and whom they come from.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const EXTENSION = '.u32.gz'

/** Sizes of caches, as shares of the keys of a trace. */
export const SHARES = [0.005, 0.02, 0.05, 0.1, 0.2]

const MEGIDDO_MODHA =
  'Nimrod Megiddo and Dharmendra S. Modha, "ARC: A Self-Tuning, Low Overhead Replacement Cache", FAST \'03, pp. 115-130'
const JIANG_ZHANG =
  'Song Jiang and Xiaodong Zhang, "LIRS: An Efficient Low Inter-reference Recency Set Replacement Policy", SIGMETRICS \'02'

const SOURCES = [
  [/^arc-/, MEGIDDO_MODHA],
  [/^lirs-/, JIANG_ZHANG],
  [/^web12$/, "cache2k's benchmark: product pages of a web shop, 2012"],
  [/^orm-busy$/, "cache2k's benchmark: the second-level cache of an ORM by day"],
  [/^scarab-/, 'Scarab Research: product recommendations'],
  [/^corda-/, "R3 Corda: a ledger's vault"],
]

export const sourceOf = (name) => SOURCES.find(([pattern]) => pattern.test(name))?.[1] ?? 'unknown'

/** None if there is no such folder. */
export const traceNames = (folder) =>
  (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => name.endsWith(EXTENSION))
    .map((name) => name.slice(0, -EXTENSION.length))
    .toSorted()

/** The trace with its keys renumbered from 0 on by their first appearance, and how many there are. */
export function readTrace(folder, name) {
  const bytes = gunzipSync(readFileSync(join(folder, name + EXTENSION)))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const numbers = new Map()
  const requests = new Uint32Array(Math.floor(bytes.byteLength / 4))
  for (let i = 0; i < requests.length; i++) {
    const key = view.getUint32(i * 4, true)
    let number = numbers.get(key)
    if (number === undefined) numbers.set(key, (number = numbers.size))
    requests[i] = number
  }
  return { requests, keys: numbers.size }
}

export const sizeOf = (keys, share) => Math.max(1, Math.floor(keys * share))
