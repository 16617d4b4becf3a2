// `npm run bench -- --hit-ratio <folder>`: how many requests of real traces a cache answers, by its policy.
// Lives here: the order of the measurements, each in a process of its own, two at a time. What they are belongs in child.mjs.
import { fileURLToPath } from 'node:url'
import { startProgress } from '../../scripts/progress.mjs'
import { carryOut } from '../cell-process.mjs'
import { OPTIMUM } from './names.mjs'
import { POLICY_NAMES } from './policies.mjs'
import { SHARES, sourceOf, traceNames } from './traces.mjs'
import { VARIANT_NAMES } from './variants.mjs'

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url))
const PROCESSES = 2
/** For real caches on millions of requests, on a machine that does other work. */
const LIMIT_MS = 600_000

async function carryOutAll(cells, progress) {
  const rows = []
  const left = cells.entries()
  const work = async () => {
    for (const [i, cell] of left) {
      progress.see(`${i + 1}/${cells.length} ${cell.trace ?? cell.kind}: ${cell.policy}`)
      rows[i] = { ...cell, ...(await carryOut(CHILD, cell, LIMIT_MS)) }
    }
  }
  await Promise.all(Array.from({ length: PROCESSES }, work))
  return rows
}

/** Resolves to one row for each policy on each trace and for each in the flood: its figures, or `failed`. */
export async function measureHitRatios({ folder, variants, strangers }) {
  const names = traceNames(folder)
  const cellsOf = (policies) =>
    names.flatMap((trace) => policies.map((policy) => ({ kind: 'trace', folder, trace, policy })))
  // Who knows the future can keep every user.
  const flooded = POLICY_NAMES.filter((name) => name !== OPTIMUM)
  const cells = [
    ...cellsOf(POLICY_NAMES),
    ...cellsOf(variants ? VARIANT_NAMES : []),
    ...flooded.map((policy) => ({ kind: 'flood', policy, strangers })),
  ]
  const progress = startProgress('hit ratios')
  const rows = await carryOutAll(cells, progress)
  progress.end(rows.some(({ failed }) => failed !== undefined) ? 'FAIL' : 'ok')

  const traces = names.flatMap((name) => {
    const measured = rows.find((row) => row.trace === name && row.hits !== undefined)
    if (measured === undefined) return []
    const { requests, keys, sizes } = measured
    return { name, source: sourceOf(name), requests, keys, sizes }
  })
  const kindOf = (wanted) => rows.filter(({ kind }) => kind === wanted)
  return {
    plan: { shares: SHARES, variants, strangers },
    traces,
    rows: kindOf('trace').map(({ trace, policy, hits, failed }) => ({
      trace,
      policy,
      hits,
      failed,
    })),
    flood: kindOf('flood').map(({ kind: _kind, strangers: _strangers, ...figures }) => figures),
  }
}
