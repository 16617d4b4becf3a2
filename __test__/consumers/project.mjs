// A user's project: one of the templates under projects/, with the package installed by its name.
// Lives here: how such a project comes about, and how its scripts are run. What the projects test
// belongs in the templates.
import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readJson } from './release.mjs'
import { succeed } from './process.mjs'

const PACKAGE = 'native-memory-cache'
const templates = fileURLToPath(new URL('projects/', import.meta.url))

/** The two ways into a project: under the package's own name, or in place of the published one. */
export const installations = [
  { name: PACKAGE, argument: PACKAGE },
  { name: '@humanspeak/memory-cache', argument: `@humanspeak/memory-cache@npm:${PACKAGE}` },
]

function importFrom(name, folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(`'${PACKAGE}'`, `'${name}'`))
  }
}

/** A project without the package. Its tools are in the node_modules folder above it. */
export function createProject(template, { name = PACKAGE, folder }) {
  mkdirSync(folder, { recursive: true })
  cpSync(join(templates, template), folder, { recursive: true })
  if (template !== 'script')
    cpSync(join(templates, 'source'), join(folder, 'src'), { recursive: true })
  if (name !== PACKAGE) importFrom(name, folder)
  return folder
}

export const npmInstall = (folder, argument, { registry, options = [] }) =>
  succeed('npm', ['install', argument, ...options], { cwd: folder, env: registry.env() })

/** What a project calls its tests. */
export const testScripts = (template) =>
  Object.keys(readJson(templates, template, 'package.json').scripts)

// How the runners, and the projects that have none, word it.
const PASSED = /(?:\b(\d+) (?:tests? )?passed\b|^(?:#|ℹ) pass (\d+)$)/gm

function specifiedTests(folder) {
  if (!existsSync(join(folder, 'test'))) return undefined
  const specs = readdirSync(join(folder, 'test')).filter((file) => file.endsWith('.spec.ts'))
  const text = specs.map((file) => readFileSync(join(folder, 'test', file), 'utf8')).join('\n')
  return text.match(/^test(?:\.serial)?\(/gm).length
}

/** Runs a script of the project, in which every test must pass; resolves to their number. */
export async function runScript(folder, script, env) {
  const output = await succeed('npm', ['run', '--silent', script], { cwd: folder, env })
  // The last of several counts is that of the tests; before it come those of the files.
  const [, words, tap] = [...output.matchAll(PASSED)].at(-1) ?? []
  const passed = Number(words ?? tap ?? 0)
  assert.ok(passed > 0, `${script} succeeded and names no passed test:\n${output}`)
  assert.equal(passed, specifiedTests(folder) ?? passed, output)
  return passed
}
