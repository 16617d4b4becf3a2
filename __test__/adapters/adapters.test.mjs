// The adapters, each with the library that it is for, in a project that has the packed package installed.
//
//     node --test __test__/adapters/adapters.test.mjs
//
// Lives here: what is run. The tests of the adapters are those of project/; the examples are in examples/adapters/.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { run, succeed } from '../consumers/process.mjs'
import { runScript } from '../consumers/project.mjs'
import { manifest, readJson, root } from '../consumers/release.mjs'
import { createAdapterProject, createBareProject } from './installation.mjs'

const { folder, tarballs } = await createAdapterProject()
after(() => rmSync(folder, { recursive: true, force: true }))

const subpaths = Object.keys(manifest.exports)
  .map((path) => path.slice(2))
  .filter((path) => path !== '' && path !== 'package.json')

const { types, ...specs } = readJson(folder, 'package.json').scripts

// The other programs of the README and of the guides are run by __test__/docs/.
const usesAdapter = ([, , code]) => code.includes("from 'native-memory-cache/")

const documented = [
  { file: 'README.md', chosen: usesAdapter },
  ...documentsIn('docs/adapters').map((file) => ({ file, chosen: () => true })),
  ...documentsIn('docs/guide').map((file) => ({ file, chosen: usesAdapter })),
].map(({ file, chosen }) => {
  const text = readFileSync(join(root, file), 'utf8')
  const programs = [...text.matchAll(/^```(c?)ts\n(.*?)^```$/gms)].filter(chosen)
  return { file, programs: programs.map(([, c, code]) => ({ c, code })) }
})

function documentsIn(path) {
  const names = readdirSync(join(root, path)).filter((name) => name.endsWith('.md'))
  return names.map((name) => `${path}/${name}`)
}

test('the adapters, and the programs of their documents, compile with the types of the libraries', async () => {
  for (const { file, programs } of documented) {
    assert.ok(programs.length > 0 || !file.startsWith('docs/adapters/'), file)
    for (const [i, { c, code }] of programs.entries()) {
      writeFileSync(join(folder, 'types', `${basename(file)}-${i}.${c || 'm'}ts`), code)
    }
  }
  await succeed('npm', ['run', '--silent', 'types'], { cwd: folder })
  assert.ok(types)
})

test('the program of the README that uses an adapter runs', async () => {
  const [{ programs }] = documented
  assert.equal(programs.length, 1)
  writeFileSync(join(folder, 'readme.mjs'), programs[0].code)
  assert.equal(await succeed(process.execPath, ['readme.mjs'], { cwd: folder }), '')
})

describe('the adapters and their libraries', { concurrency: 1 }, () => {
  for (const name of Object.keys(specs)) {
    test(`npm run ${name}`, async (t) => {
      t.diagnostic(`${await runScript(folder, name)} passed`)
    })
  }
})

/** Runs a program of the project and compares what it prints with what its comments say. */
async function assertPrinted(text, file) {
  const expected = [...text.matchAll(/\/\/ → (.*)$/gm)].map(([, printed]) => `${printed}\n`)
  assert.ok(expected.length > 0)
  const printed = await succeed(process.execPath, [file], { cwd: folder })
  assert.equal(printed, expected.join(''))
}

describe('the examples', () => {
  for (const file of readdirSync(join(root, 'examples', 'adapters'))) {
    test(`${file} prints what its comments say`, async () => {
      const text = readFileSync(join(root, 'examples', 'adapters', file), 'utf8')
      assert.ok(text.split('\n').length <= 41, 'an example has at most 40 lines')
      await assertPrinted(text, join('examples', file))
    })
  }

  test('an app that is sent SIGTERM under load and is started again signs nobody out', async () => {
    const text = readFileSync(join(root, 'examples', 'warm-restart', 'main.mjs'), 'utf8')
    await assertPrinted(text, join('warm-restart', 'main.mjs'))
  })
})

describe('without the libraries', () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'no-peers-'))
  const project = createBareProject(join(elsewhere, 'project'), tarballs)
  after(() => rmSync(elsewhere, { recursive: true, force: true }))

  const imports = {
    import: ['--input-type=module', '-e', 'await import(process.argv[1])'],
    require: ['-e', 'require(process.argv[1])'],
  }
  for (const subpath of subpaths) {
    const name = `${manifest.name}/${subpath}`
    const needed = readFileSync(join(root, 'adapters', `${subpath}.js`), 'utf8').includes(
      'requirePeer',
    )
    for (const [way, args] of Object.entries(imports)) {
      const outcome = needed ? 'says in one sentence which one it needs' : 'loads'
      test(`${way} of ${name} ${outcome}`, async () => {
        const cwd = await project
        const { code, output } = await run(process.execPath, [...args, name], { cwd })
        assert.equal(code, needed ? 1 : 0, output)
        if (!needed) return
        const [sentence, ...others] = output.match(/^Error: .*$/gm)
        const advice = `which is not installed: npm install ${subpath}`
        assert.equal(sentence, `Error: ${name} needs the package ${subpath}, ${advice}`)
        assert.deepEqual(others, [])
        assert.match(output, /code: 'ERR_PEER_MISSING'/)
      })
    }
  }
})
