// The adapters, each with the oldest version of its library that docs/reference/support.md names. What is needed
// besides is as new as those let it be.
//
//     node --test __test__/adapters/oldest.test.mjs
//
// Lives here: what is run. The tests are those of project/, which adapters.test.mjs runs with the newest versions.
import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { succeed } from '../consumers/process.mjs'
import { runScript } from '../consumers/project.mjs'
import { manifest, readJson, root } from '../consumers/release.mjs'
import { createAdapterProject } from './installation.mjs'

// These need newer versions than the adapters do.
const NEWER = new Set(['keyv-clients', 'keyv-suite'])

const { folder } = await createAdapterProject('oldest/')
after(() => rmSync(folder, { recursive: true, force: true }))

const { types, ...specs } = readJson(folder, 'package.json').scripts

test('no version of a library keeps the package from being installed', () => {
  for (const [name, range] of Object.entries(manifest.peerDependencies)) {
    assert.equal(range, '*', name)
    assert.deepEqual(manifest.peerDependenciesMeta[name], { optional: true })
  }
})

test('the versions are the oldest that the documentation names', () => {
  const { dependencies } = readJson(folder, '..', 'package.json')
  // Which next.test.mjs uses.
  const { next } = readJson(root, '__test__/adapters/next/oldest/package.json').dependencies
  const versions = { ...dependencies, next }
  const [, section] = readFileSync(join(root, 'docs/reference/support.md'), 'utf8').split(
    '## Libraries',
  )
  const rows = [...section.matchAll(/^\| (\S+) +\| `\D*(\d+\.\d+\.\d+)/gm)]
  const oldest = Object.fromEntries(rows.map(([, name, version]) => [name, version]))
  assert.deepEqual(Object.keys(oldest), Object.keys(manifest.peerDependencies))
  for (const [name, version] of Object.entries(oldest)) assert.equal(versions[name], version, name)
})

test('the adapters compile with the types of the libraries', async () => {
  await succeed('npm', ['run', '--silent', 'types'], { cwd: folder })
  assert.ok(types)
})

describe('the adapters and the oldest of their libraries', { concurrency: 1 }, () => {
  for (const name of Object.keys(specs).filter((each) => !NEWER.has(each))) {
    test(`npm run ${name}`, async (t) => {
      t.diagnostic(`${await runScript(folder, name)} passed`)
    })
  }
})
