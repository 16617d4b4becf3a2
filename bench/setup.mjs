// What the benchmark needs beyond the package: the peers and the addon of the two limits.
// Lives here: their installation and build. The package's own set-up belongs in ../scripts/setup.mjs.
import { join } from 'node:path'
import { startProgress } from '../scripts/progress.mjs'
import { root, run } from '../scripts/run.mjs'
import { installDependencies, setUpOrStop, stop } from '../scripts/setup.mjs'

const bench = join(root, 'bench')
const floorTarget = join(root, 'target', 'bench-floor')

const LIBRARY = {
  darwin: 'libnative_memory_cache_floor.dylib',
  win32: 'native_memory_cache_floor.dll',
}

export const floorAddon = join(
  floorTarget,
  'release',
  LIBRARY[process.platform] ?? 'libnative_memory_cache_floor.so',
)

async function step(label, command, args) {
  const progress = startProgress(label)
  const result = await run(command, args, { cwd: bench, onLine: progress.see })
  progress.end(result.ok ? 'ok' : 'FAIL')
  if (!result.ok) stop(result.output)
}

/** The peers, and what draws the plots. */
export const installPeers = () => installDependencies('bench')

/** Ends the process with the reason if anything cannot be had. */
export async function setUpBench() {
  await setUpOrStop()
  await installPeers()
  const manifest = ['--manifest-path', join(bench, 'floor', 'Cargo.toml')]
  const target = ['--target-dir', floorTarget]
  const build = ['build', '--release', '--locked', ...manifest, ...target]
  await step('addon of the two limits', 'cargo', build)
}
