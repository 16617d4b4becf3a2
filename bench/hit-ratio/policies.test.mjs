// The simulated policies on traces short enough to be followed by hand, and the run that uses them, on a trace made here.
// What the real caches evict is tested in __test__.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { root, run } from '../../scripts/run.mjs'
import { SEED, randomNumbers } from '../random.mjs'
import { measureFlood } from './flood.mjs'
import { createFrequencies } from './frequencies.mjs'
import { createLru } from './lru.mjs'
import { createOptimum } from './optimum.mjs'
import { CHOSEN, PAPER, s3Fifo } from './s3-fifo.mjs'
import { createSieve } from './sieve.mjs'
import { VARIANTS } from './variants.mjs'
import { createWTinyLfu } from './w-tinylfu.mjs'

/** A letter for each request, a capital for a hit. */
function outcome(create, size, letters) {
  const requests = [...letters].map((letter) => letter.codePointAt(0) - 97)
  const request = create(size, 26, requests)
  return requests.map((key, i) => (request(key) ? letters[i].toUpperCase() : letters[i])).join('')
}

const plain = { ...PAPER, small: 1 / 4, promoteAt: 1 }

describe('LRU', () => {
  test('evicts what has not been used for longest', () => {
    assert.equal(outcome(createLru, 2, 'abacba'), 'abAcba')
  })
})

describe('SIEVE', () => {
  test('passes over what was used, once, and goes on where it stopped', () => {
    // The hand takes the mark from a and evicts b, then c for e, and then d for b.
    assert.equal(outcome(createSieve, 3, 'abcadaebda'), 'abcAdAebdA')
  })
})

describe('S3-FIFO', () => {
  test('promotes what was hit in the small queue, and brings back into the main queue what it remembers', () => {
    // e drives out b and promotes a; b comes back and drives out c.
    assert.equal(outcome(s3Fifo(plain), 4, 'abcdaebadc'), 'abcdAebADc')
  })

  test('promotes at the second hit if told so', () => {
    const twice = { ...plain, promoteAt: 2 }
    assert.equal(outcome(s3Fifo(twice), 4, 'abcdaea'), 'abcdAea')
    assert.equal(outcome(s3Fifo(twice), 4, 'abcdaaea'), 'abcdAAeA')
  })

  test('does not count hits soon after an entry came', () => {
    const windowed = { ...plain, window: 1 / 2 }
    // e, f and g drive out b, c and d. Then it is a's turn, for h.
    assert.equal(outcome(s3Fifo(plain), 4, 'bcdaaefgha'), 'bcdaAefghA')
    assert.equal(outcome(s3Fifo(windowed), 4, 'bcdaaefgha'), 'bcdaAefgha')
    assert.equal(outcome(s3Fifo(windowed), 4, 'bcdaeafgha'), 'bcdaeAfghA')
  })

  test('lets an entry of the main queue stay as often as it was hit there', () => {
    // a, hit twice there, stays when d comes, and when b comes for the second time.
    const half = { ...plain, small: 1 / 2 }
    assert.equal(outcome(s3Fifo(half), 2, 'abacaabdbdba'), 'abAcAAbdbdbA')
    // The hit that promoted it does not count there, unless told so.
    assert.equal(outcome(s3Fifo(half), 2, 'abacbda'), 'abAcbda')
    assert.equal(outcome(s3Fifo({ ...half, keepCount: true }), 2, 'abacbda'), 'abAcbdA')
  })

  test('lets one of so many strangers into the main queue', () => {
    const lucky = { ...plain, small: 1 / 2, strangerOf: 2 }
    assert.equal(outcome(s3Fifo(lucky), 2, 'abcdb'), 'abcdB')
    assert.equal(outcome(s3Fifo({ ...lucky, strangerOf: Infinity }), 2, 'abcdb'), 'abcdb')
  })

  test('forgets what left longer ago than its history is long', () => {
    // d drives out a, e drives out b, f drives out c; a second hit tells whether they came back into the main queue.
    const small = { ...plain, small: 1 / 3, history: 2 / 3 }
    assert.equal(outcome(s3Fifo(small), 3, 'abcdefaghia'), 'abcdefaghia')
    assert.equal(outcome(s3Fifo({ ...small, history: 1 }), 3, 'abcdefaghia'), 'abcdefaghiA')
  })
})

describe('W-TinyLFU', () => {
  test('keeps what is frequent through a scan', () => {
    const frequent = Array.from({ length: 250 }, (_, i) => i % 50)
    const scan = Array.from({ length: 900 }, (_, i) => 50 + i)
    const hitsAfterScan = (create) => {
      const request = create(100, 950)
      for (const key of [...frequent, ...scan]) request(key)
      return frequent.slice(0, 50).filter((key) => request(key)).length
    }
    assert.equal(hitsAfterScan(createWTinyLfu), 50)
    assert.equal(hitsAfterScan(createLru), 0)
  })

  test('estimates how often a key was used, and forgets by halves', () => {
    const frequencies = createFrequencies(10)
    for (let i = 0; i < 12; i++) frequencies.add(7)
    assert.equal(frequencies.of(7), 12)
    assert.equal(frequencies.of(8), 0)
    // The hundredth use halves all.
    for (let key = 100; key < 188; key++) frequencies.add(key)
    assert.equal(frequencies.of(7), 6)
  })

  test('widens its window where what comes back comes back soon', () => {
    // Each key three times, 10 others between, then never: hopeless for a window of one entry.
    const size = 100
    const keys = 60_000
    const request = createWTinyLfu(size, keys)
    const hits = { early: 0, late: 0 }
    for (let i = 0; i < keys; i++) {
      for (const key of [i, i - 10, i - 20]) {
        if (key >= 0 && request(key)) hits[i < keys / 2 ? 'early' : 'late']++
      }
    }
    assert.ok(hits.late > keys * 0.8, JSON.stringify(hits))
  })
})

describe('the optimum', () => {
  test('keeps what is used next, even against what has just come', () => {
    assert.equal(outcome(createOptimum, 2, 'abcabcabc'), 'abcABcABc')
  })

  test('is reached by none', () => {
    const random = randomNumbers()
    const requests = Uint32Array.from({ length: 20_000 }, () => {
      const kind = random() % 4
      return kind === 0 ? random() % 2000 : random() % (kind * 100)
    })
    const hitsOf = (create) => {
      const request = create(150, 2000, requests)
      return requests.reduce((hits, key) => hits + Number(request(key)), 0)
    }
    const most = hitsOf(createOptimum)
    const policies = { createLru, createSieve, createWTinyLfu }
    for (const [name, parameters] of Object.entries(VARIANTS)) policies[name] = s3Fifo(parameters)
    for (const [name, create] of Object.entries(policies)) {
      const hits = hitsOf(create)
      assert.ok(hits > most / 3 && hits < most, `${name}: ${hits} of ${most}, seed ${SEED}`)
    }
  })
})

test('a flood of strangers takes sessions from LRU that S3-FIFO keeps', () => {
  const lru = measureFlood(createLru, 50_000)
  const s3 = measureFlood(s3Fifo(CHOSEN), 50_000)
  assert.equal(lru.uses, s3.uses)
  assert.ok(lru.lost > lru.uses / 10, JSON.stringify(lru))
  assert.ok(s3.lost < lru.lost / 20, JSON.stringify(s3))
  assert.equal(s3.lostRecent, 0)
})

test('a run over a folder of traces reports what each policy reaches on them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hit-ratio-'))
  try {
    // Keys beyond 2^31, as they may come; a tenth of the requests is new.
    const random = randomNumbers()
    const requests = Uint32Array.from({ length: 5000 }, (_, i) =>
      random() % 10 === 0 ? 0x90000000 + i : random() % 100,
    )
    writeFileSync(join(folder, 'made-up.u32.gz'), gzipSync(Buffer.from(requests.buffer)))
    const args = ['bench/run.mjs', '--quick', '--hit-ratio', folder, '--out', folder]
    const { ok, output } = await run(process.execPath, args, { cwd: root })
    assert.ok(ok, output)

    const text = readFileSync(join(folder, 'hit-ratio.json'), 'utf8')
    assert.ok(!text.includes(folder), 'where the traces lie is nobody else’s business')
    const { traces, rows } = JSON.parse(text)
    const keys = new Set(requests).size
    const sizes = [0.005, 0.02, 0.05, 0.1, 0.2].map((share) => Math.floor(keys * share))
    assert.deepEqual(traces, [{ name: 'made-up', source: 'unknown', requests: 5000, keys, sizes }])
    const hitsOf = (name) => rows.find(({ policy }) => policy === name).hits
    assert.deepEqual(hitsOf('lru'), hitsOf('lru, simulated'))
    assert.deepEqual(hitsOf('lru-cache'), hitsOf('lru, simulated'))
    // All but the first use of each key.
    assert.equal(hitsOf('optimum').at(-1), 5000 - keys)
    assert.ok(readFileSync(join(folder, 'hit-ratio.svg'), 'utf8').includes('made-up'))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
