// Runs another test runner's project and turns each of its results into a test of this one.
// What a project contains, and which options it is run with, is for the callers.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { describe, test } from 'node:test'

const require = createRequire(import.meta.url)

function executable(packageName) {
  const manifest = require.resolve(`${packageName}/package.json`)
  const { bin } = require(manifest)
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[packageName])
}

async function run(runner, { cwd, args, nodeOptions }) {
  const folder = await mkdtemp(join(tmpdir(), `clock-${runner}-`))
  const outputFile = join(folder, 'report.json')
  try {
    const output = await new Promise((resolve, reject) => {
      const command = [...nodeOptions, executable(runner), ...args, `--outputFile=${outputFile}`]
      // Under node --test a child would report to this run instead of printing.
      const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: '', CI: '1' }
      const child = spawn(process.execPath, command, { cwd, env })
      const chunks = []
      child.stdout.on('data', (chunk) => chunks.push(chunk))
      child.stderr.on('data', (chunk) => chunks.push(chunk))
      child.on('error', reject)
      child.on('close', (code) => resolve({ code, text: Buffer.concat(chunks).toString() }))
    })
    const report = await readFile(outputFile, 'utf8').then(JSON.parse, () => undefined)
    const files = report?.testResults ?? []
    // vitest tells why a file could not be loaded only in its report.
    const text = [output.text, ...files.map(({ message }) => message)].filter(Boolean).join('\n')
    return { code: output.code, text, files }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

// `specs` selects the files of `cwd` that the run must have reported on.
export function describeProject(title, runner, { cwd, args, nodeOptions = [], specs }) {
  describe(title, async () => {
    const { code, text, files } = await run(runner, { cwd, args, nodeOptions })

    test('the runner reports tests from every spec file, and a failure only with a failed test', async () => {
      const expected = (await readdir(cwd)).filter((file) => specs.test(file))
      const reported = files.filter((file) => file.assertionResults.length > 0)
      const names = reported.map((file) => basename(file.name))
      assert.deepEqual(new Set(names), new Set(expected), text)
      const results = files.flatMap((file) => file.assertionResults)
      assert.equal(
        code === 0,
        results.every(({ status }) => status === 'passed'),
        text,
      )
    })

    for (const file of files) {
      for (const { fullName, status, failureMessages } of file.assertionResults) {
        test(`${basename(file.name)}: ${fullName}`, () => {
          assert.equal(status, 'passed', failureMessages.join('\n') || text)
        })
      }
    }
  })
}
