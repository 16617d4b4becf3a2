// The package in programs that esbuild, webpack and Vite bundle, as docs/bundlers.md says: left
// external or, with esbuild, bundled with its binary.
// Lives here: the bundlers' settings, and that their output runs. The program is projects/bundled.
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { createProject, npmInstall } from './project.mjs'
import { run, succeed } from './process.mjs'
import { builtPlatform, manifest } from './release.mjs'

const NAME = manifest.name
const FORMATS = { cjs: 'main.cjs', esm: 'main.mjs' }
const BINARY_COPIED = { '.node': 'copy' }
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)"

export function describeBundlers(published) {
  describe('a bundled program', { concurrency: 1 }, () => {
    const { folder, tools } = published
    const project = join(folder, 'bundled')
    const entry = join(project, 'main.mjs')
    const bundler = (name) =>
      import(pathToFileURL(createRequire(join(tools, 'package.json')).resolve(name)))

    before(async () => {
      createProject('bundled', { folder: project })
      await npmInstall(project, NAME, published)
    })

    const runs = async (file) => {
      assert.match(await succeed(process.execPath, [file], { cwd: project }), /^2 passed$/m)
    }

    const runsWithoutModules = async (file) => {
      const deployed = mkdtempSync(join(tmpdir(), 'deployed-'))
      try {
        cpSync(dirname(file), deployed, { recursive: true })
        await runs(join(deployed, basename(file)))
      } finally {
        rmSync(deployed, { recursive: true })
      }
    }

    const esbuild = async (name, format, options) => {
      const { build } = await bundler('esbuild')
      const outfile = join(project, `esbuild-${name}`, FORMATS[format])
      const bundle = { entryPoints: [entry], bundle: true, platform: 'node', format, outfile }
      const { warnings } = await build({
        ...bundle,
        absWorkingDir: project,
        logLevel: 'silent',
        ...options,
      })
      assert.deepEqual(warnings, [])
      return outfile
    }

    for (const format of ['cjs', 'esm']) {
      test(`runs if esbuild leaves the package external (${format})`, async () => {
        await runs(await esbuild('external', format, { external: [NAME] }))
      })

      test(`runs if webpack leaves the package external (${format})`, async () => {
        const { default: webpack } = await bundler('webpack')
        const module = format === 'esm'
        const compiler = webpack({
          mode: 'production',
          target: 'node20',
          context: project,
          entry,
          output: { path: join(project, 'webpack'), filename: FORMATS[format], module },
          experiments: { outputModule: module },
          externals: { [NAME]: `${module ? 'module' : 'commonjs'} ${NAME}` },
        })
        const stats = await promisify(compiler.run.bind(compiler))()
        const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true })
        assert.deepEqual([...errors, ...warnings], [])
        await runs(join(project, 'webpack', FORMATS[format]))
      })
    }

    const servers = [
      ['by default', {}],
      ['if all but the package is bundled', { noExternal: true, external: [NAME] }],
    ]
    for (const [title, ssr] of servers) {
      test(`runs if Vite builds it for a server, ${title}`, async () => {
        const { build } = await bundler('vite')
        const outDir = join(project, 'vite')
        await build({
          root: project,
          configFile: false,
          logLevel: 'silent',
          ssr,
          build: { ssr: entry, outDir, emptyOutDir: true },
        })
        await runs(join(outDir, 'main.mjs'))
      })
    }

    test('runs without node_modules if esbuild copies the binary (cjs)', async () => {
      await runsWithoutModules(await esbuild('copied', 'cjs', { loader: BINARY_COPIED }))
    })

    test('runs without node_modules if esbuild copies the binary and defines require (esm)', async () => {
      const options = { loader: BINARY_COPIED, banner: { js: REQUIRE } }
      await runsWithoutModules(await esbuild('copied', 'esm', options))
    })

    test('that took the package in without its binary says that the package is to stay external', async () => {
      const binary = `${NAME}-${builtPlatform()}`
      const file = await esbuild('without-binary', 'cjs', { external: [binary] })
      const deployed = mkdtempSync(join(tmpdir(), 'deployed-'))
      cpSync(file, join(deployed, 'main.cjs'))
      const { code, output } = await run(process.execPath, ['main.cjs'], { cwd: deployed })
      rmSync(deployed, { recursive: true })
      assert.equal(code, 1)
      assert.ok(output.includes(`the package ${binary} is not installed`), output)
      assert.match(output, /bundlers must leave the package external/)
    })
  })
}
