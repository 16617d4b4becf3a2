// The package as a project finds it beside the libraries that the adapters are for.
// Lives here: that project, made of project/, the packed package and the locked libraries. What is tested in it
// belongs in project/.
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freshEnvironment, succeed } from '../consumers/process.mjs'
import { builtPlatform, readJson, root } from '../consumers/release.mjs'
import { install } from '../consumers/tools.mjs'

const template = fileURLToPath(new URL('project/', import.meta.url))

const npm = (args, cwd) => succeed('npm', args, { cwd, env: freshEnvironment() })

async function pack(folder, destination) {
  const args = ['pack', '--json', '--silent', '--pack-destination', destination]
  const [{ filename }] = JSON.parse(await npm(args, folder))
  return join(destination, filename)
}

/** The package and the one for this platform, packed. */
export async function packBoth(folder) {
  const platform = join(folder, 'platform')
  mkdirSync(platform)
  cpSync(join(root, 'npm', builtPlatform()), platform, { recursive: true })
  const { main } = readJson(platform, 'package.json')
  cpSync(join(root, 'native', main), join(platform, main))
  return [await pack(root, folder), await pack(platform, folder)]
}

/** Nothing is asked of a registry: neither package depends on another, but for optional peers. */
export function installPacked(folder, tarballs) {
  const quietly = ['--offline', '--no-audit', '--no-fund', '--no-package-lock']
  return npm(['install', ...quietly, ...tarballs], folder)
}

/** A new folder below the libraries, with the project in it. */
export async function createAdapterProject() {
  const folder = mkdtempSync(join(await install('../adapters/'), 'run-'))
  cpSync(template, folder, { recursive: true })
  cpSync(join(root, 'examples', 'adapters'), join(folder, 'examples'), { recursive: true })
  cpSync(join(root, 'examples', 'warm-restart'), join(folder, 'warm-restart'), { recursive: true })
  const tarballs = await packBoth(folder)
  await installPacked(folder, tarballs)
  return { folder, tarballs }
}

/** A new folder that has the package and none of the libraries. */
export async function createBareProject(folder, tarballs) {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  await installPacked(folder, tarballs)
  return folder
}
