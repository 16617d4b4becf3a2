// Brings a fresh clone to the point where the package can be imported.
// Lives here: the demands on the machine, the installed dependencies and the built addon, each
// redone only when what it comes from has changed. What is done with them belongs in the callers.
// Old Nodes must be able to load this file, or they could not be told that they are too old.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startProgress } from './progress.mjs'
import { root, run, toolPath } from './run.mjs'

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const addonFolder = join(root, 'native')
const addonStamp = join(addonFolder, '.stamp')

const ADDON_SOURCES = [
  'src',
  'build.rs',
  'Cargo.toml',
  'Cargo.lock',
  '.cargo',
  'rust-toolchain.toml',
  'package.json',
]

const NAPI_BUILD = 'build --platform --no-js --release --output-dir native -- --locked'

export function stop(reason) {
  console.error(reason)
  process.exit(1)
}

function requireNode() {
  const [wantedMajor, wantedMinor] = manifest.engines.node.match(/\d+/g).map(Number)
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return
  stop(
    `This is Node.js ${process.versions.node}, and ${manifest.name} needs ` +
      `${wantedMajor}.${wantedMinor} or newer: install a current Node.js and run the command again.`,
  )
}

async function requireRust() {
  const cargo = await run('cargo', ['--version'])
  const rustc = await run('rustc', ['--version', '--verbose'])
  if (cargo.ok && rustc.ok) return cargo.output + rustc.output
  return stop(
    'The Rust toolchain (cargo and rustc) is missing: install it with rustup, ' +
      "the Rust project's installer, and run the command again.",
  )
}

function filesOf(path) {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .toSorted()
    .flatMap((name) => filesOf(join(path, name)))
}

function fingerprint(paths, ...facts) {
  const hash = createHash('sha256')
  for (const fact of facts) hash.update(`${fact}\0`)
  for (const file of paths.flatMap((path) => filesOf(join(root, path)))) {
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(readFileSync(file))
      .update('\0')
  }
  return hash.digest('hex')
}

const reads = (file, text) => existsSync(file) && readFileSync(file, 'utf8') === text

/** Installs what a folder of the repository locks, unless that has been done. */
export async function installDependencies(folder = '.') {
  const cwd = join(root, folder)
  const stamp = join(cwd, 'node_modules', '.package-lock.sha256')
  const lock = fingerprint([join(folder, 'package-lock.json')])
  if (reads(stamp, lock)) return

  const progress = startProgress(folder === '.' ? 'npm ci' : `npm ci in ${folder}`)
  // Everything this repository runs is a dev dependency, which NODE_ENV=production would leave out.
  const installed = await run('npm', ['ci', '--include=dev'], { cwd, onLine: progress.see })
  progress.end(installed.ok ? 'ok' : 'FAIL')
  if (!installed.ok) stop(`${installed.output}\nThe npm dependencies could not be installed.`)
  writeFileSync(stamp, lock)
}

const addonExists = () =>
  existsSync(addonFolder) && readdirSync(addonFolder).some((name) => name.endsWith('.node'))

async function buildAddon(toolchain, { always }) {
  // The flags of the compiler are part of what the addon is made of: a sanitizer's build is another.
  const source = () => fingerprint(ADDON_SOURCES, toolchain, process.env.RUSTFLAGS || '')
  if (!always && addonExists() && reads(addonStamp, source())) return { ok: true, output: '' }

  const progress = startProgress('release build of the addon')
  rmSync(addonStamp, { force: true })
  const built = await run(
    process.execPath,
    [toolPath('@napi-rs/cli', 'napi'), ...NAPI_BUILD.split(' ')],
    { onLine: progress.see },
  )
  progress.end(built.ok ? 'ok' : 'FAIL')
  if (built.ok) writeFileSync(addonStamp, source())
  return built
}

/**
 * Makes the package importable and resolves to the outcome of the addon's build.
 * Whatever else is wrong ends the process: nothing could go on without it.
 */
export async function setUp({ alwaysBuild = false } = {}) {
  requireNode()
  const toolchain = await requireRust()
  await installDependencies()
  return buildAddon(toolchain, { always: alwaysBuild })
}

/** The same for the commands that cannot go on without the addon either. */
export async function setUpOrStop(options) {
  const built = await setUp(options)
  if (!built.ok) stop(`${built.output}\nThe addon could not be built.`)
}
