// The published contract with 's3-fifo': every spec of ../contract that is not about the order of use or of eviction holds.
// The specs are run as they are, in processes of their own; those that must fail, because the order is another, are named here.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { root, run } from '../../scripts/run.mjs'

const LISTS = 'they are listed along the queues'
const KEPT = 'another entry is evicted'

/** By file: the specs that fail, and why. */
const FAILING = {
  'core.test.mjs': {
    'instances are instances of MemoryCache': 'the class is wrapped to pass the option',
  },
  'get-or-set.test.mjs': {
    'a fetched value takes its place in the order of use and evicts like any other': LISTS,
  },
  'hooks.test.mjs': {
    'clear reports entries from the least to the most recently used': LISTS,
    'deleteByPrefix reports entries from the least to the most recently used': LISTS,
    'deleteByMagicString reports entries from the least to the most recently used': LISTS,
  },
  'introspection.test.mjs': {
    'keys, values and entries list from the least to the most recently used, in step': LISTS,
  },
  'lru.test.mjs': {
    'get counts as use': LISTS,
    'overwriting counts as use': LISTS,
    'a getOrSet hit counts as use': LISTS,
    'the order of use holds over a long mix of reads and writes': LISTS,
  },
  'patterns.test.mjs': { 'deleting by pattern keeps the order of what stays': LISTS },
  'reentrancy.test.mjs': {
    'onHit sees the entry already promoted': LISTS,
    'onEvict may read an entry and so save it from being the next victim': KEPT,
  },
  'weights.test.mjs': {
    'least recently used entries go until the new one fits': LISTS,
    'a heavier overwrite evicts others, never the entry itself, even if it was used least recently':
      LISTS,
  },
}

const folder = join(root, '__test__', 'contract')
const files = readdirSync(folder).filter((name) => name.endsWith('.test.mjs'))

// A test runner in a program would otherwise report to this one.
delete process.env.NODE_TEST_CONTEXT
process.env.CONTRACT_EVICTION = 's3-fifo'

/** The specs of a suite by outcome: those of suites are the ones that are indented. */
const named = (output, outcome) =>
  [...output.matchAll(new RegExp(`^ +${outcome} \\d+ - (.*)$`, 'gm'))].map(([, name]) => name)

describe("the published contract with eviction 's3-fifo'", () => {
  for (const file of files) {
    test(`${file} holds but for the order`, async () => {
      const options = ['--expose-gc', '--test', '--test-reporter=tap', join(folder, file)]
      const { ok, output } = await run(process.execPath, options)
      const expected = Object.keys(FAILING[file] ?? {})
      assert.deepEqual(named(output, 'not ok').toSorted(), expected.toSorted(), output)
      assert.equal(ok, expected.length === 0, output)
      assert.match(output, /^ *ok /m)
    })
  }

  test('every file with specs that fail is there', () => {
    assert.deepEqual(
      Object.keys(FAILING).filter((file) => !files.includes(file)),
      [],
    )
  })
})
