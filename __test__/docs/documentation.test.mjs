// The documentation holds: every program in README.md and docs/ compiles, under both forms of
// decorators, and prints what its `// →` comments say; commands and links lead somewhere; tables that a script makes
// of results are those of the results, and what is measured is in such tables alone.
// What must not live here: tests of the package's behaviour.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { DOCUMENTED, withTables } from '../../bench/documents.mjs'
import { pictures, resultsIn } from '../../bench/plots.mjs'
import { MemoryCache, SharedMemoryCache } from '../../index.mjs'
import { root, run, toolPath } from '../../scripts/run.mjs'
import { describeProject } from '../clock/runner.mjs'

const read = (file) => readFileSync(join(root, file), 'utf8')

// Neither what is generated nor what is installed.
const written = ({ name }) => name !== 'node_modules' && name !== 'api' && !name.startsWith('.')

function documentsIn(folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true }).filter(written)
  const names = entries.filter((entry) => entry.name.endsWith('.md')).map(({ name }) => name)
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return [
    ...names.map((name) => join(folder, name)),
    ...folders.flatMap((name) => documentsIn(join(folder, name))),
  ]
}
const markdown = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...documentsIn('docs'),
]

/** What a program's name ends in decides what runs it: jest and vitest look for spec files. */
function extension(language, code) {
  if (language === 'js') return '.cjs'
  if (code.includes("from '@jest/globals'")) return '.spec.cts'
  return code.includes("from 'vitest'") ? '.spec.mts' : '.mts'
}

// Documents of the code show parts of programs only. What needs an adapter is compiled by __test__/adapters/,
// where the libraries are.
const ofCode =
  /^CONTRIBUTING|^docs\/(?:adapters|decisions)\/|^docs\/(?:architecture|performance|snapshot-format)/
const needsAdapter = /from 'native-memory-cache\//

const programs = markdown
  .filter((document) => !ofCode.test(document))
  .flatMap((document) => {
    const text = read(document)
    return [...text.matchAll(/^```(ts|js)\n(.*?)^```$/gms)].flatMap((match) => {
      const [, language, code] = match
      if (needsAdapter.test(code)) return []
      const place = `${document}:${text.slice(0, match.index).split('\n').length}`
      const expected = [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, printed]) => printed)
      const file = place.replace(/\.md:/, '-').replaceAll(/[/\\]/g, '-') + extension(language, code)
      return { place, code, expected, file }
    })
  })

const compilerOptions = { target: 'es2022', module: 'nodenext', types: ['node'], strict: true }

// Inside the repository, so that the package's own name resolves to it.
async function compile(folder, experimentalDecorators) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const { file, code } of programs) writeFileSync(join(folder, file), code)
  const options = { ...compilerOptions, noUncheckedIndexedAccess: true, experimentalDecorators }
  const configuration = JSON.stringify({ compilerOptions: options, include: ['*'] })
  writeFileSync(join(folder, 'tsconfig.json'), configuration)
  return run(process.execPath, [toolPath('typescript', 'tsc'), '--project', folder])
}

// A test runner in a program would otherwise report to this one.
delete process.env.NODE_TEST_CONTEXT

for (const form of ['standard', 'legacy']) {
  const folder = join(root, 'target', 'documentation', form)
  const compiled = await compile(folder, form === 'legacy')

  describe(`the documentation with ${form} decorators`, () => {
    test('every program compiles', () => assert.ok(compiled.ok, compiled.output))

    for (const { place, file, expected } of programs) {
      if (file.includes('.spec.')) continue
      test(`the program at ${place} prints what its comments say`, async () => {
        // Where files that a program leaves behind go with the programs.
        const result = await run(process.execPath, [file.replace('.mts', '.mjs')], { cwd: folder })
        assert.ok(result.ok, result.output)
        if (expected.length > 0) assert.equal(result.output, `${expected.join('\n')}\n`)
      })
    }
  })
}

const cwd = join(root, 'target', 'documentation', 'standard')
const config = (runner, file) => ['--config', join(root, '__test__', 'clock', runner, file)]

describeProject('the documentation, jest', 'jest', {
  cwd,
  args: [...config('jest', 'jest.config.json'), `--rootDir=${cwd}`, '--json', '--no-cache'],
  specs: /\.spec\.cjs$/,
})

describeProject('the documentation, vitest', 'vitest', {
  cwd,
  args: ['run', ...config('vitest', 'vitest.config.mjs'), `--root=${cwd}`, '--reporter=json'],
  specs: /\.spec\.mjs$/,
})

for (const file of markdown) {
  test(`links and npm commands of ${file} exist`, () => {
    const text = read(file)
    for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)) {
      assert.ok(existsSync(join(root, dirname(file), target)), target)
    }
    const { scripts } = JSON.parse(read('package.json'))
    for (const [, name] of text.matchAll(/\bnpm (?:run )?(start|test|(?<=run )[\w:]+)/g)) {
      assert.ok(name in scripts, `npm run ${name}`)
    }
  })
}

for (const { results, document, tables } of DOCUMENTED) {
  const data = `bench/results/${results}.json`
  test(`${document} has the tables of ${data}`, () => {
    const text = read(document)
    if (!existsSync(join(root, data))) {
      const places = text.matchAll(/<!-- table: (.*) -->\n\nNot measured yet\.\n\n<!-- end -->/g)
      const empty = Array.from(places, ([, name]) => name)
      assert.ok(empty.includes(results), 'a table without results')
      return
    }
    const filled = withTables(text, tables(JSON.parse(read(data))))
    assert.equal(text, filled, 'write them by `npm run bench -- --redraw`')
  })
}

test('each file of results fills a document', () => {
  const files = readdirSync(join(root, 'bench/results')).filter((name) => name.endsWith('.json'))
  const used = new Set(DOCUMENTED.map(({ results }) => `${results}.json`))
  assert.deepEqual(
    files.filter((name) => !used.has(name)),
    [],
  )
})

/** What is written by hand: neither generated tables nor code. */
const proseOf = (text) =>
  text.replaceAll(/^<!-- table: .*?^<!-- end -->$|^```.*?^```$|`[^`\n]*`/gms, '')
const isDecision = (file) => file.startsWith('docs/decisions/')
// So short a time is always measured; longer ones may be options or promises.
const measured = /\d\s?(?:ns|us|µs|nanoseconds|microseconds)\b.*/g

for (const file of markdown.filter((name) => name !== 'CHANGELOG.md' && !isDecision(name))) {
  test(`${file} leaves measured times to tables made of data`, () => {
    assert.deepEqual(proseOf(read(file)).match(measured) ?? [], [])
  })
}

for (const file of markdown.filter(isDecision)) {
  test(`${file} says when its figures were made, if it has any`, () => {
    const text = read(file)
    if (/\b(?:ns|µs)\b|\d ms\b/.test(proseOf(text)))
      assert.match(text, /^Figures of \d{4}-\d{2}-\d{2}: ./m)
  })
}

for (const [name, picture] of Object.entries(pictures(resultsIn(join(root, 'bench/results'))))) {
  test(`bench/results/${name}.svg is drawn of the data beside it`, () => {
    assert.ok(
      read(`bench/results/${name}.svg`) === picture,
      'draw it by `npm run bench -- --redraw`',
    )
  })
}

function methodsOf({ prototype }) {
  const classes = []
  for (let each = prototype; each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    classes.push(each)
  }
  const names = classes.flatMap((each) => Object.getOwnPropertyNames(each))
  return [...new Set(names)].filter((name) => name !== 'constructor')
}

test('docs/reference/methods.md has a row for each method', () => {
  const text = read('docs/reference/methods.md')
  const names = [MemoryCache, SharedMemoryCache].flatMap(methodsOf)
  assert.ok(names.length > 50)
  const missing = names.filter((name) => !new RegExp(`^\\| \`${name}\\b`, 'm').test(text))
  assert.deepEqual(missing, [])
})

test('docs/reference/options.md has each option of a constructor', () => {
  const text = read('docs/reference/options.md')
  const types = [
    ['memory-options', 'CacheOptions'],
    ['shared-options', 'SharedCacheOptions'],
    ['fetches', 'GetOrSetOptions'],
    ['lifetimes', 'SetOptions'],
  ]
  for (const [file, type] of types) {
    const [, members] = new RegExp(`^export type ${type}\\b.*?\\{\n(.*?)^\\}`, 'ms').exec(
      read(`types/${file}.d.ts`),
    )
    const names = [...members.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name)
    assert.ok(names.length > 2, type)
    for (const name of names) assert.ok(text.includes(`\`${name}\``), `${type}: ${name}`)
  }
})
