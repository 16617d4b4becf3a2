// What an installation brings into a project, and what becomes of one that lacks the binary.
// Lives here: npm's side of it. How the installed package works belongs in the projects.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { createProject, npmInstall } from './project.mjs'
import { run } from './process.mjs'
import { builtPlatform, manifest, readJson } from './release.mjs'

// A platform that the tests do not run on.
const ELSEWHERE =
  process.platform === 'darwin'
    ? { platform: 'linux-x64-gnu', options: ['--os=linux', '--cpu=x64', '--libc=glibc'] }
    : { platform: 'darwin-arm64', options: ['--os=darwin', '--cpu=arm64'] }

const installedPackages = (project) =>
  readdirSync(join(project, 'node_modules')).filter((name) => name.startsWith(manifest.name))

export function describeInstallation(published) {
  const inProject = (name, options) => {
    const { folder, registry } = published
    const project = createProject('script', { folder: join(folder, name) })
    return npmInstall(project, manifest.name, { registry, options }).then(() => project)
  }

  test('an installation brings the package and the binary of this platform, and no other', async () => {
    const project = await inProject('plain', [])
    const expected = [manifest.name, `${manifest.name}-${builtPlatform()}`]
    assert.deepEqual(installedPackages(project), expected)
    const { packages } = readJson(project, 'package-lock.json')
    const withScripts = Object.keys(packages).filter((path) => packages[path].hasInstallScript)
    assert.deepEqual(withScripts, [])
  })

  const withoutBinary = [
    ['without optional dependencies', ['--omit=optional'], [manifest.name]],
    [
      'made for another platform',
      ELSEWHERE.options,
      [manifest.name, `${manifest.name}-${ELSEWHERE.platform}`],
    ],
  ]
  for (const [title, options, packages] of withoutBinary) {
    describe(`an installation ${title}`, () => {
      let project
      before(async () => {
        project = await inProject(title.replaceAll(' ', '-'), options)
        assert.deepEqual(installedPackages(project), packages)
      })

      for (const program of ['require.cjs', 'import.mjs']) {
        test(`${program} fails with one error that names the platform and what to do`, async (t) => {
          const { code, output } = await run(process.execPath, [program], { cwd: project })
          const [message, ...others] = output.match(/^Error: .*$/gm)
          t.diagnostic(message)
          assert.equal(code, 1)
          assert.deepEqual(others, [])
          const [, elsewhere] = packages
          assert.ok(message.includes(`no binary for ${builtPlatform()}`), message)
          assert.ok(
            message.includes(`${manifest.name}-${builtPlatform()} is not installed`),
            message,
          )
          assert.equal(message.includes(`, only ${elsewhere}.`), elsewhere !== undefined, message)
          assert.match(message, /without --omit=optional/)
          assert.match(message, /in the image, that runs the program/)
          assert.match(message, /lock file was made on another platform/)
          assert.match(output, /code: 'ERR_BINARY_MISSING'/)
          assert.match(output, /\[cause\]: Error: Cannot find module/)
        })
      }
    })
  }
}
