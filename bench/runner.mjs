// Whose turn it is: checks, interleaved rounds, memory, one thing at a time on the machine.
// Lives here: how a plan is carried out and its outcomes are collected. What is planned belongs in
// plan.mjs, what a peer does in its turn in timing.mjs and memory.mjs.
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { startProgress } from '../scripts/progress.mjs'
import { startProcess } from './conversation.mjs'
import { OURS } from './peers/index.mjs'
import { summarize } from './statistics.mjs'

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url))
const CHECK_LIMIT_MS = 60_000
const START_LIMIT_MS = 150_000
const ROUND_LIMIT_MS = 60_000
const MEMORY_LIMIT_MS = 120_000

/** Resolves once the peer's driver is loaded. */
const startPeer = async (name) => ({ name, ...(await startProcess(CHILD, [name])) })

const failure = (error) => ({ failed: error.message })

function shown({ outcome: { failed, lacks, median } }) {
  if (failed) return 'failed'
  return lacks ? '-' : `${Number(median.toPrecision(3))} ns`
}

/** Work in parallel as far as there are processors; the clock does not run. */
async function inParallel(items, work) {
  const waiting = [...items.entries()]
  const results = []
  const lanes = Array.from({ length: Math.min(availableParallelism(), 4) }, async () => {
    for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
      results[entry[0]] = await work(entry[1])
    }
  })
  await Promise.all(lanes)
  return results
}

export function createRunner({ peers, floors, time, keepProcesses = false }) {
  // Where processes are kept, they are this run's; else each lives for one cell.
  const kept = new Map()

  async function open(name) {
    if (!keepProcesses) return startPeer(name)
    if (!kept.has(name)) kept.set(name, await startPeer(name))
    return kept.get(name)
  }
  async function close(peer) {
    if (!keepProcesses) await peer.stop()
  }
  async function fail(peer, error) {
    kept.delete(peer?.name)
    await peer?.stop()
    return failure(error)
  }

  /** Resolves to what each peer gets wrong, as check.mjs tells it. */
  async function checkAll() {
    const progress = startProgress('correctness of the peers')
    const outcomes = await inParallel(peers, async (name) => {
      let peer
      try {
        peer = await open(name)
        const wrong = await peer.ask('check', undefined, CHECK_LIMIT_MS)
        await close(peer)
        return wrong
      } catch (error) {
        const { failed } = await fail(peer, error)
        return { ttl: failed, without: failed }
      }
    })
    const failed = peers.filter((_, i) => outcomes[i].ttl ?? outcomes[i].without)
    progress.end(failed.length ? 'FAIL' : 'ok', failed.join(', '))
    return Object.fromEntries(peers.map((name, i) => [name, outcomes[i]]))
  }

  async function prepare(name, cell) {
    let peer
    try {
      peer = await open(name)
      const lacks = await peer.ask('lacking', cell, ROUND_LIMIT_MS)
      if (lacks !== undefined) {
        await close(peer)
        return { name, outcome: { lacks } }
      }
      await peer.ask('start', { cell, time }, START_LIMIT_MS)
      return { name, peer, rounds: [] }
    } catch (error) {
      return { name, outcome: await fail(peer, error) }
    }
  }

  async function oneRound(run) {
    try {
      run.rounds.push(await run.peer.ask('round', undefined, ROUND_LIMIT_MS))
    } catch (error) {
      run.outcome = await fail(run.peer, error)
    }
  }

  async function finish(run) {
    if (run.outcome) return
    run.outcome = summarize(run.rounds)
    await close(run.peer)
  }

  /** Peers take turns, each round begins with another one. */
  async function interleaved(names, cell, see) {
    const runs = await inParallel(names, (name) => {
      see(`${name}: set-up`)
      return prepare(name, cell)
    })
    const alive = () => runs.filter((run) => !run.outcome)
    for (let round = 0; round < time.rounds; round++) {
      const turns = alive()
      const first = round % Math.max(turns.length, 1)
      for (const run of [...turns.slice(first), ...turns.slice(0, first)]) {
        see(`${run.name}: round ${round + 1} of ${time.rounds}`)
        await oneRound(run)
      }
    }
    for (const run of runs) await finish(run)
    return runs
  }

  /** One peer after the other, where memory is too small for all of them at once. */
  async function oneByOne(names, cell, see) {
    const runs = []
    for (const name of names) {
      see(name)
      const run = await prepare(name, cell)
      for (let round = 0; !run.outcome && round < time.rounds; round++) await oneRound(run)
      await finish(run)
      runs.push(run)
    }
    return runs
  }

  /** Resolves to `{ ...cell, results }`, the latter by peer: a summary, `lacks`, or `failed`. */
  async function measure(cell, label, checks) {
    const progress = startProgress(label)
    const wrongOf = (name) => checks[name][cell.ttl ? 'ttl' : 'without']
    const sound = peers.filter((name) => wrongOf(name) === undefined)
    const names = [...sound, ...(cell.floors ? floors : [])]
    const runs = await (cell.alone ? oneByOne : interleaved)(names, cell, progress.see)
    const results = Object.fromEntries(runs.map(({ name, outcome }) => [name, outcome]))
    for (const name of peers) results[name] ??= { failed: wrongOf(name) }
    const failed = runs.filter(({ outcome }) => outcome.failed)
    const ours = runs.find(({ name }) => name === OURS)
    progress.end(failed.length ? 'FAIL' : 'ok', ours ? shown(ours) : '')
    for (const { name, outcome } of failed) console.log(`      ${name}: ${outcome.failed}`)
    return { ...cell, results }
  }

  /** Resolves to what memory.mjs finds, by peer. Each has a process that has done nothing else. */
  async function measureMemory(options, checks, names = peers) {
    const results = {}
    for (const name of names) {
      if (checks[name]?.ttl !== undefined) {
        results[name] = { failed: checks[name].ttl }
        continue
      }
      const progress = startProgress(`memory and pauses at ${options.size} entries: ${name}`)
      let peer
      try {
        peer = await startPeer(name)
        results[name] = await peer.ask('memory', options, MEMORY_LIMIT_MS)
        await peer.stop()
        progress.end('ok', `full collection ${results[name].ownValuesCollectionMs.toFixed(1)} ms`)
      } catch (error) {
        results[name] = await fail(peer, error)
        progress.end('FAIL', error.message)
      }
    }
    return results
  }

  async function stop() {
    for (const peer of kept.values()) await peer.stop()
  }

  return { checkAll, measure, measureMemory, stop }
}
