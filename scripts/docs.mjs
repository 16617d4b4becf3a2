// `npm run docs`: the documentation site, written to target/site. `npm run docs -- --serve` shows it while it is edited.
// Lives here: the way from a fresh clone to that. What is on the site belongs in docs/.vitepress/config.mjs.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from './run.mjs'
import { installDependencies } from './setup.mjs'

const cwd = join(root, 'docs')

async function runTool(path, ...args) {
  const tool = join(cwd, 'node_modules', ...path.split('/'))
  const child = spawn(process.execPath, [tool, ...args], { cwd, stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) process.exit(code ?? 1)
}

await installDependencies('docs')
await runTool('typedoc/bin/typedoc')
await runTool('vitepress/bin/vitepress.js', process.argv.includes('--serve') ? 'dev' : 'build')
