// The package on every runtime that docs/reference/support.md names: `npm run test:consumers`.
// Lives here: which runtimes and compilers those are, and what is run on each. It is no part of
// `npm test`: the runtimes are a download of some 300 MB, and there are only those for Linux x64.
import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createProject, installations, npmInstall, runScript, testScripts } from '../project.mjs'
import { publish } from '../published.mjs'
import { succeed } from '../process.mjs'
import { readJson } from '../release.mjs'
import { install } from '../tools.mjs'

assert.equal(`${process.platform} ${process.arch}`, 'linux x64', 'the runtimes are for Linux x64')

const NODES = ['node-20.19', 'node-20', 'node-22', 'node-24', 'node-26']
const OTHERS = [
  { name: 'Bun', file: '@oven/bun-linux-x64/bin/bun', args: [] },
  { name: 'Deno', file: '@deno/linux-x64-glibc/deno', args: ['run', '--allow-all'] },
]
const PROGRAMS = ['require.cjs', 'import.mjs', 'workers.cjs']
const PROJECTS = ['script', 'node-test', 'ava', 'vitest', 'jest-commonjs', 'jest-esm']
const COMPILERS = ['typescript-5', 'typescript-7']

const runtimes = join(await install('runtimes'), 'node_modules')
const published = await publish()
after(published.close)

// Older packages of node write their version with a v.
const versionOf = (name) => readJson(runtimes, name, 'package.json').version.replace(/^v/, '')

const projectAt = async (folder, template, { name, argument } = installations[0]) => {
  createProject(template, { name, folder })
  await npmInstall(folder, argument, published)
}

for (const node of NODES) {
  const path = join(runtimes, node, 'bin')
  const version = versionOf(node)

  describe(`Node.js ${version}`, () => {
    test('runs its own version', async () => {
      assert.equal((await succeed(join(path, 'node'), ['--version'], {})).trim(), `v${version}`)
    })

    for (const template of PROJECTS) {
      describe(template, () => {
        const folder = join(published.folder, node, template)
        before(() => projectAt(folder, template))
        for (const script of testScripts(template)) {
          test(`npm run ${script}`, () => runScript(folder, script, published.registry.env(path)))
        }
      })
    }
  })
}

for (const { name, file, args } of OTHERS) {
  const runtime = join(runtimes, file)

  describe(name, () => {
    test('names its version', async (t) => {
      t.diagnostic((await succeed(runtime, ['--version'], {})).trim())
    })

    for (const installation of installations) {
      describe(`imports ${installation.name}`, () => {
        const folder = join(published.folder, name, installation.name.replaceAll(/\W/g, '-'))
        before(() => projectAt(folder, 'script', installation))
        for (const program of PROGRAMS) {
          test(program, async () => {
            assert.match(
              await succeed(runtime, [...args, program], { cwd: folder }),
              /^\d+ passed$/m,
            )
          })
        }
      })
    }
  })
}

for (const compiler of COMPILERS) {
  const version = versionOf(compiler)

  describe(`TypeScript ${version}`, () => {
    const folder = join(published.folder, compiler)
    before(async () => {
      await projectAt(folder, 'typescript')
      // Commands are looked for here before they are in the node_modules above.
      const commands = join(folder, 'node_modules', '.bin')
      mkdirSync(commands, { recursive: true })
      symlinkSync(join(runtimes, compiler, 'bin', 'tsc'), join(commands, 'tsc'))
    })

    const env = published.registry.env()
    test('compiles with its own version', async () => {
      const output = await succeed('npm', ['exec', '--', 'tsc', '--version'], { cwd: folder, env })
      assert.ok(output.includes(`Version ${version}\n`), output)
    })
    for (const script of testScripts('typescript')) {
      test(`npm run ${script}`, () => runScript(folder, script, env))
    }
  })
}
