// The package as a project finds it beside the libraries that the adapters are for.
// Lives here: those projects, made of project/ or next/project/, the packed package and the locked libraries. What is tested
// in them belongs there.
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freshEnvironment, succeed } from '../consumers/process.mjs'
import { builtPlatform, readJson, root } from '../consumers/release.mjs'
import { install } from '../consumers/tools.mjs'

const templates = {
  libraries: fileURLToPath(new URL('project/', import.meta.url)),
  next: fileURLToPath(new URL('next/project/', import.meta.url)),
}

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

/** A new folder below the libraries that `location` locks, with a copy of `files` and the packed package in it. */
export async function createProject(location, files) {
  const folder = mkdtempSync(join(await install(location), 'run-'))
  cpSync(files, folder, { recursive: true })
  const tarballs = await packBoth(folder)
  await installPacked(folder, tarballs)
  return { folder, tarballs }
}

/** The project in which the adapters are tested, and their examples run, with the libraries that a folder here locks. */
export async function createAdapterProject(libraries = '.') {
  const project = await createProject(`../adapters/${libraries}`, templates.libraries)
  const examples = join(root, 'examples', 'adapters')
  cpSync(examples, join(project.folder, 'examples'), { recursive: true })
  const restart = join(root, 'examples', 'warm-restart')
  cpSync(restart, join(project.folder, 'warm-restart'), { recursive: true })
  return project
}

/** The app in which the handlers are tested, with that version of Next.js. */
export async function createNextProject(version) {
  const { folder } = await createProject(`../adapters/next/${version}`, templates.next)
  return folder
}

/** A new folder that has the package and none of the libraries. */
export async function createBareProject(folder, tarballs) {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  await installPacked(folder, tarballs)
  return folder
}
