// Compiles every tsconfig.*.json beside this file and fails if one does not pass:
//
//     node __test__/types/check.mjs [directory of a typescript package]
//
// The directory may also come from the environment variable TYPESCRIPT; the default is the one
// installed. What must not live here: the tests themselves, which are the files being compiled.

import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

const installed = () => dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
const typescript = resolve(process.argv[2] || process.env.TYPESCRIPT || installed())
const { bin, version } = JSON.parse(readFileSync(join(typescript, 'package.json'), 'utf8'))
const tsc = join(typescript, bin.tsc)

const compile = (config) => {
  const { error, status, stdout, stderr } = spawnSync(
    process.execPath,
    [tsc, '--project', join(here, config), '--pretty', 'false'],
    { cwd: here, encoding: 'utf8' },
  )
  if (error) throw error
  const passed = status === 0
  console.log(`${passed ? 'ok' : 'FAILED'}  typescript ${version}  ${config}`)
  if (!passed) console.log(stdout + stderr)
  return passed
}

const configs = readdirSync(here).filter((name) => /^tsconfig\..+\.json$/.test(name))
if (configs.length === 0) throw new Error(`no tsconfig.*.json in ${here}`)

const failed = configs.filter((config) => !compile(config))
process.exitCode = failed.length === 0 ? 0 : 1
