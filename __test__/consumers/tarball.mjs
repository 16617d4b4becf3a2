// What is in the released packages.
// Lives here: the files and manifests, as the judges of packages and npm itself see them. How they
// behave once installed belongs in installation.mjs and in the projects.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { before, describe, test } from 'node:test'
import { createProject, npmInstall } from './project.mjs'
import { freshEnvironment, run, succeed } from './process.mjs'
import { builtPlatform, generatePlatformPackages, manifest, platforms } from './release.mjs'
import { REPOSITORY, readJson, root } from './release.mjs'

const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare']

const exported = (value) =>
  typeof value === 'string' ? [value.replace(/^\.\//, '')] : Object.values(value).flatMap(exported)

// Finds what a file of the package names by a relative path, and so on from there. Declarations name each
// other by the names of the modules that they describe. The loader of the addon, which napi writes,
// names the binaries that it is never packed with.
function reachable(home, file, found) {
  if (found.has(file)) return
  found.add(file)
  const text = readFileSync(join(home, file), 'utf8')
  for (const [, path] of text.matchAll(/\b(?:from |require\()'(\.{1,2}\/[^']+)'/g)) {
    const named = posix.join(posix.dirname(file), path)
    const isDeclaration = /\.d\.[cm]?ts$/.test(file)
    reachable(home, isDeclaration ? named.replace(/\.([cm]?)js$/, '.d.$1ts') : named, found)
  }
  for (const [, path] of text.matchAll(/\bjoin\(__dirname, '([^']+)'\)/g)) {
    found.add(posix.join(posix.dirname(file), path))
  }
}

export function describeTarball(published) {
  describe('the released packages', () => {
    let project
    before(async () => {
      const { folder, registry } = published
      project = createProject('script', { folder: join(folder, 'tarball') })
      await npmInstall(project, 'native-memory-cache', { registry })
    })

    const tool = (packageName, command, args) => {
      const { tools, folder } = published
      const home = join(tools, 'node_modules', packageName)
      const { bin } = readJson(home, 'package.json')
      const file = typeof bin === 'string' ? bin : bin[command]
      return succeed(process.execPath, [join(home, file), ...args], { cwd: folder })
    }

    test('publint finds nothing to remark', async (t) => {
      const { tarball } = published.packed
      t.diagnostic(await tool('publint', 'publint', ['run', tarball, '--strict']))
    })

    test('every way of importing the package finds its types (arethetypeswrong)', async () => {
      const { tarball } = published.packed
      const args = [tarball, '--format', 'ascii', '--no-color']
      const table = await tool('@arethetypeswrong/cli', 'attw', args)
      for (const subpath of Object.keys(manifest.exports)) {
        assert.ok(table.includes(`"${posix.join(manifest.name, subpath)}"`), `${subpath}\n${table}`)
      }
    })

    test('the tarball holds the entries, what they load or re-export, and the documentation', (t) => {
      const { files, size, unpackedSize } = published.packed
      for (const file of files) t.diagnostic(`${String(file.size).padStart(7)}  ${file.path}`)
      t.diagnostic(`${files.length} files, ${unpackedSize} bytes, packed ${size} bytes`)

      const home = join(project, 'node_modules', 'native-memory-cache')
      const expected = new Set(['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE'])
      for (const entry of exported(manifest.exports)) reachable(home, entry, expected)
      assert.deepEqual(new Set(files.map(({ path }) => path)), expected)
    })

    test('no released package has a script that npm runs when it is installed', () => {
      const packages = [join(project, 'node_modules', 'native-memory-cache')]
      for (const platform of platforms()) packages.push(join(root, 'npm', platform))
      for (const folder of packages) {
        const { name, scripts = {} } = readJson(folder, 'package.json')
        assert.deepEqual(
          INSTALL_SCRIPTS.filter((script) => script in scripts),
          [],
          name,
        )
      }
    })

    test('the main package depends on one optional package per platform, and on no other', () => {
      const released = readJson(project, 'node_modules', 'native-memory-cache', 'package.json')
      const expected = platforms().map((platform) => [
        `${manifest.name}-${platform}`,
        manifest.version,
      ])
      assert.equal(expected.length, manifest.napi.targets.length)
      assert.deepEqual(released.optionalDependencies, Object.fromEntries(expected))
      assert.deepEqual(released.dependencies ?? {}, {})
    })

    test('every released package says whose it is and where it is kept', () => {
      const { folder } = published.packed
      const packages = platforms().map((platform) => join(folder, 'npm', platform))
      for (const home of [folder, ...packages]) {
        const { name, author, repository, homepage, bugs } = readJson(home, 'package.json')
        const expected = {
          author: manifest.author,
          repository: { type: 'git', url: `git+${REPOSITORY}.git` },
          homepage: `${REPOSITORY}#readme`,
          bugs: { url: `${REPOSITORY}/issues` },
        }
        assert.deepEqual({ author, repository, homepage, bugs }, expected, name)
      }
    })

    test('a release that does not know its repository is refused and leaves package.json alone', async () => {
      const folder = join(published.folder, 'nameless')
      mkdirSync(folder)
      const text = '{ "name": "nameless" }'
      writeFileSync(join(folder, 'package.json'), text)
      const script = join(root, 'scripts', 'name-repository.mjs')
      const env = { ...freshEnvironment(), GITHUB_SERVER_URL: 'https://git.example' }
      delete env.GITHUB_REPOSITORY
      const { code, output } = await run(process.execPath, [script], { cwd: folder, env })
      assert.equal(code, 1)
      assert.match(output, /^GITHUB_REPOSITORY must match .*, received undefined$/m)
      assert.equal(readFileSync(join(folder, 'package.json'), 'utf8'), text)
    })

    test('the package, its platform packages and the crate have one version', () => {
      const crate = readFileSync(join(root, 'Cargo.toml'), 'utf8')
      const [, version] = crate.match(/^version = "(.+)"$/m)
      const versions = { crate: version }
      for (const platform of platforms()) {
        versions[platform] = readJson(root, 'npm', platform, 'package.json').version
      }
      for (const [name, found] of Object.entries(versions)) {
        assert.equal(found, manifest.version, name)
      }
    })

    test('the loader knows every platform package, and no other', () => {
      const loader = readFileSync(join(root, 'lib', 'common', 'addon.js'), 'utf8')
      const cases = [...loader.matchAll(/case '(.+)':\n\s*return require\('(.+)'\)/g)]
      assert.deepEqual(
        cases.map(([, platform, name]) => [platform, name]),
        platforms().map((platform) => [platform, `${manifest.name}-${platform}`]),
      )
    })

    test('the package for this platform holds the binary that was built', (t) => {
      const platform = builtPlatform()
      const file = `${manifest.napi.binaryName}.${platform}.node`
      const installed = join(project, 'node_modules', `${manifest.name}-${platform}`, file)
      const binary = readFileSync(installed)
      t.diagnostic(`${binary.length} bytes  ${file}`)
      assert.deepEqual(binary, readFileSync(join(root, 'native', file)))
    })

    test('npm/ is what napi generates from package.json', async () => {
      const generated = await generatePlatformPackages(join(published.folder, 'generated'))
      for (const platform of platforms()) {
        for (const file of ['package.json', 'README.md']) {
          const text = readFileSync(join(root, 'npm', platform, file), 'utf8').trim()
          assert.equal(text, readFileSync(join(generated, platform, file), 'utf8').trim())
        }
      }
    })
  })
}
