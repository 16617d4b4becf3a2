// The kinds of check that `npm test` is made of. Each resolves to how many individual tests passed
// and failed, a summary of one line, and the output to show should something have failed.
// Lives here: how a tool is run and its outcome counted. Which checks there are belongs in test.mjs.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { compileExample, exampleProgram, expectedOutput, nameIds } from './examples.mjs'
import { root, run } from './run.mjs'

// On Node.js 20 it holds for whole files too, and one of them installs whole projects.
const TEST_TIMEOUT_MS = 900_000
// Newer Nodes wait for a file whose test timed out and left something running.
const SUITE_TIMEOUT_MS = 20 * 60_000

const total = (numbers) => numbers.reduce((sum, n) => sum + n, 0)

/** A tool that says yes or no: one test. */
export function verdict({ ok, output }) {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, summary: '', output }
}

/** What cannot be tried on this machine, with the reason: no test, neither passed nor failed. */
export function untried(reason) {
  return { passed: 0, failed: 0, summary: reason, output: '' }
}

// A run that counted no failure can still have failed (it crashed, did not compile) or tested nothing.
function counted({ ok, output }, { passed, failed, skipped }) {
  const empty = passed + failed === 0
  const unexplained = failed === 0 && (!ok || empty)
  return {
    passed,
    failed: unexplained ? failed + 1 : failed,
    summary: `${passed} passed${skipped ? `, ${skipped} skipped` : ''}`,
    output: empty ? `${output}\nNo test was run.\n` : output,
  }
}

export async function command(program, args, options) {
  return verdict(await run(program, args, options))
}

export async function cargoTest(args, options) {
  const result = await run('cargo', ['test', '--no-fail-fast', ...args], options)
  const count = (word) =>
    total(
      [...result.output.matchAll(new RegExp(`^test result: .*?(\\d+) ${word}`, 'gm'))].map(
        ([, n]) => Number(n),
      ),
    )
  return counted(result, {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('ignored'),
  })
}

function testFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return testFiles(path)
    return entry.name.endsWith('.test.mjs') ? [path] : []
  })
}

export async function nodeTest(folder, options) {
  const files = testFiles(join(root, folder)).toSorted()
  // Without a file the runner would look for tests of its own choice.
  if (files.length === 0) return verdict({ ok: false, output: `${folder} has no *.test.mjs\n` })

  const scratch = mkdtempSync(join(tmpdir(), 'node-test-'))
  const countFile = join(scratch, 'count.json')
  try {
    const result = await run(
      process.execPath,
      [
        '--expose-gc',
        '--test',
        `--test-timeout=${TEST_TIMEOUT_MS}`,
        '--test-reporter=spec',
        '--test-reporter-destination=stdout',
        '--test-reporter=./scripts/test-reporter.mjs',
        `--test-reporter-destination=${countFile}`,
        ...files,
      ],
      { ...options, timeout: SUITE_TIMEOUT_MS },
    )
    const count = JSON.parse(readFileSync(countFile, 'utf8'))
    for (const file of count.emptyFiles) result.output += `${relative(root, file)} has no test\n`
    return counted(result, { ...count, failed: count.failed + count.emptyFiles.length })
  } catch (error) {
    return verdict({ ok: false, output: `the test runner left no count: ${error.message}\n` })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

export async function runExample(name, options) {
  const compiled = await compileExample(name)
  if (!compiled.ok) return verdict(compiled)

  const { file, cwd } = exampleProgram(name)
  const result = await run(process.execPath, [file], { ...options, cwd })
  const expected = expectedOutput(name)
  if (!result.ok || nameIds(result.output) === expected) return verdict(result)
  return verdict({
    ok: false,
    output: `printed:\n${nameIds(result.output)}\nexpected:\n${expected}`,
  })
}
