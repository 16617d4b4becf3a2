// The release, with the commands of .github/workflows/release.yml, in a folder of its own.
// Lives here: what is staged, packed and published. Where to publish is the caller's choice, and
// what the packages must be like belongs in the tests.
import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freshEnvironment, succeed } from './process.mjs'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const readJson = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'))
export const manifest = readJson(root, 'package.json')

// What the workflow is told by GitHub; the address of no real repository.
export const REPOSITORY = 'https://git.example/some-owner/some-repository'
const [, GITHUB_SERVER_URL, GITHUB_REPOSITORY] = REPOSITORY.match(/^(https:\/\/[^/]+)\/(.+)$/)

// Found in the packages for the platforms that nothing was built for.
const PLACEHOLDER = 'A stand-in for a binary that was not built in this run.\n'

const napi = join(root, 'node_modules', '@napi-rs', 'cli', 'dist', 'cli.js')

const runNapi = (args, cwd, env) => succeed(process.execPath, [napi, ...args], { cwd, env })

export const platforms = () => readdirSync(join(root, 'npm')).toSorted()

/** The name, such as linux-x64-gnu, of the one platform that the addon has been built for. */
export function builtPlatform() {
  const native = join(root, 'native')
  const addon = existsSync(native) && readdirSync(native).find((name) => name.endsWith('.node'))
  assert.ok(addon, 'the addon is not built: run `npm run build` first')
  return addon.slice(`${manifest.napi.binaryName}.`.length, -'.node'.length)
}

/** The platform packages as napi makes them now, to compare with those in npm/. */
export async function generatePlatformPackages(folder) {
  mkdirSync(folder)
  cpSync(join(root, 'package.json'), join(folder, 'package.json'))
  await runNapi(['create-npm-dirs'], folder, freshEnvironment())
  return join(folder, 'npm')
}

/** Fills in what only a release knows, and makes the platform packages anew from it. */
async function nameRepository(folder) {
  const script = join(root, 'scripts', 'name-repository.mjs')
  const env = { ...freshEnvironment(), GITHUB_SERVER_URL, GITHUB_REPOSITORY }
  await succeed(process.execPath, [script], { cwd: folder, env })
  await runNapi(['create-npm-dirs'], folder, env)
}

/** Puts binaries into the platform packages and publishes these, then packs the main package. */
export async function release(folder, { registry, env }) {
  mkdirSync(join(folder, 'artifacts'), { recursive: true })
  for (const path of ['package.json', 'npm', ...manifest.files]) {
    cpSync(join(root, path), join(folder, path), { recursive: true })
  }
  await nameRepository(folder)
  const built = builtPlatform()
  for (const platform of platforms()) {
    const { main } = readJson(folder, 'npm', platform, 'package.json')
    const artifact = join(folder, 'artifacts', main)
    if (platform === built) cpSync(join(root, 'native', main), artifact)
    else writeFileSync(artifact, PLACEHOLDER)
  }

  await runNapi(['artifacts', '--output-dir', 'artifacts'], folder, env)
  await runNapi(['pre-publish', '--tag-style', 'npm', '--no-gh-release'], folder, env)
  const [packed] = JSON.parse(
    await succeed('npm', ['pack', '--json', '--silent'], { cwd: folder, env }),
  )
  // Provenance is what a workflow on GitHub can vouch for, and only there.
  const publish = ['publish', packed.filename, '--provenance=false', `--registry=${registry}`]
  await succeed('npm', publish, { cwd: folder, env })
  return { ...packed, folder, tarball: join(folder, packed.filename) }
}
