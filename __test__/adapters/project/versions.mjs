// What a library can do goes by its version, where the tests run with the oldest that an adapter takes and with the newest.
// What must not live here: which versions those are, which the package.json files beside the tests say.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const { resolve } = createRequire(import.meta.url)

// Not all of them export their package.json.
function versionOf(name) {
  const files = resolve.paths(name).map((folder) => join(folder, name, 'package.json'))
  return JSON.parse(readFileSync(files.find(existsSync), 'utf8')).version
}

/** Whether the library that is installed is of this version or a later one. */
export function isAtLeast(name, version) {
  return versionOf(name).localeCompare(version, 'en', { numeric: true }) >= 0
}
