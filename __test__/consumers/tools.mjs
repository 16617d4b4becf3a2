// Installs a locked set of programs once per machine: npm needs half a minute for them.
// Lives here: that installation, from the registry that npm is configured for, into the temporary
// folder. Which programs belongs in the package.json of each set.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs'
import { renameSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { succeed } from './process.mjs'

const FILES = ['package.json', 'package-lock.json']

// Nobody else can have prepared a folder that only its owner may write to.
function cacheFolder() {
  const { username } = userInfo()
  const folder = join(realpathSync(tmpdir()), `native-memory-cache-consumers-${username}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

function fingerprint(folder) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`)
  for (const name of FILES) hash.update(readFileSync(join(folder, name)))
  return hash.digest('hex').slice(0, 16)
}

/** The folder whose node_modules holds what `location`, a folder relative to this one, locks. */
export async function install(location) {
  const source = fileURLToPath(new URL(location, import.meta.url))
  const installed = join(cacheFolder(), fingerprint(source))
  if (existsSync(installed)) return installed

  const fresh = mkdtempSync(`${installed}-`)
  for (const name of FILES) cpSync(join(source, name), join(fresh, name))
  const env = { ...process.env }
  delete env.NODE_TEST_CONTEXT
  await succeed('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: fresh, env })
  try {
    renameSync(fresh, installed)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    // Another run was faster.
    if (!existsSync(installed)) throw error
  }
  return installed
}
