// An installed package whose binary cannot be loaded, in as many ways as can be brought about here:
// each is one error with a code of its own, the cause and what to do.
// Lives here: those ways. What npm leaves out of an installation belongs in installation.mjs.
import assert from 'node:assert/strict'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { before, describe, test } from 'node:test'
import { createProject, npmInstall } from './project.mjs'
import { freshEnvironment, succeed } from './process.mjs'
import { builtPlatform, manifest, readJson } from './release.mjs'

const ATTEMPT = `
try {
  require('native-memory-cache')
  console.log(JSON.stringify({ loaded: true }))
} catch ({ message, code, cause }) {
  console.log(JSON.stringify({ message, code, cause: cause?.message }))
}`

// Node.js 20 has the flag under another name.
const PERMISSION = ['--permission', '--experimental-permission'].find((flag) =>
  process.allowedNodeEnvironmentFlags.has(flag),
)

// The binary with an ELF header, a library or a demand for a version of it that nothing here satisfies.
const PATCHES = [
  [
    'made for another processor',
    (bytes) => bytes.writeUInt16LE(bytes.readUInt16LE(18) === 183 ? 62 : 183, 18),
    /it was made for another kind of processor\. Install on the system/,
  ],
  [
    'that needs a newer glibc',
    (bytes) => bytes.write('GLIBC_9', bytes.indexOf('GLIBC_2.')),
    /it needs glibc 9\.[\d.]+, which this system does not have\. Run it on a newer system/,
  ],
  [
    'made for musl',
    (bytes) => bytes.write('ld-musl.1', bytes.indexOf('libc.so.6')),
    /it was made for another C library \(glibc or musl\)\. Install on the system/,
  ],
]

export function describeLoading(published) {
  describe('a binary that cannot be loaded', { concurrency: 1 }, () => {
    const platform = builtPlatform()
    let project
    let home
    let file
    before(async () => {
      project = createProject('script', { folder: join(published.folder, 'loading') })
      await npmInstall(project, manifest.name, published)
      home = join(project, 'node_modules', manifest.name)
      const carrier = join(project, 'node_modules', `${manifest.name}-${platform}`)
      file = join(carrier, readJson(carrier, 'package.json').main)
    })

    const attempt = async (flags = [], variables = {}) => {
      const env = { ...freshEnvironment(), ...variables, NODE_NO_WARNINGS: '1' }
      const args = [...flags, '--eval', ATTEMPT]
      return JSON.parse(await succeed(process.execPath, args, { cwd: project, env }))
    }

    const refused = async (t, { code, message, cause }, expected) => {
      t.diagnostic(message)
      assert.equal(code, expected.code)
      assert.ok(message.startsWith(`${manifest.name} has no binary `), message)
      assert.match(message, expected.message)
      assert.match(String(cause), expected.cause)
      if (cause) assert.ok(message.includes(cause.split('\n')[0]), message)
    }

    // The real one is moved away and not written over: a file that some process has mapped must stay as it is.
    const withFile = async (bytes, body) => {
      renameSync(file, `${file}.real`)
      try {
        if (bytes) writeFileSync(file, bytes)
        return await body()
      } finally {
        rmSync(file, { force: true })
        renameSync(`${file}.real`, file)
      }
    }

    const damages = [
      ['empty', Buffer.alloc(0)],
      ['a text', Buffer.from('version https://git-lfs.example/spec/v1\n'.repeat(100))],
    ]
    for (const [title, bytes] of damages) {
      test(`a file that is ${title} is told to be damaged`, async (t) => {
        await refused(t, await withFile(bytes, () => attempt()), {
          code: 'ERR_BINARY_BROKEN',
          message: /the file is damaged or for another system\. Remove node_modules/,
          cause: /\.node\b/,
        })
      })
    }

    test('a package that has lost its file is told apart from one that is not installed', async (t) => {
      await refused(t, await withFile(undefined, () => attempt()), {
        code: 'ERR_BINARY_BROKEN',
        message: /the package native-memory-cache-\S+ is installed without its file\. Remove/,
        cause: /Cannot find module/,
      })
    })

    if (platform.endsWith('gnu')) {
      for (const [title, patch, message] of PATCHES) {
        test(`a binary ${title} is told to be that`, async (t) => {
          const bytes = readFileSync(file)
          patch(bytes)
          await refused(t, await withFile(bytes, () => attempt()), {
            code: 'ERR_BINARY_INCOMPATIBLE',
            message,
            cause: /./,
          })
        })
      }
    }

    test('--no-addons is named', async (t) => {
      await refused(t, await attempt(['--no-addons']), {
        code: 'ERR_BINARY_DISABLED',
        message: /Start Node\.js without --no-addons/,
        cause: /loading addons is disabled/,
      })
    })

    test('under the permission model --allow-addons is named, with which the binary loads', async (t) => {
      const flags = [PERMISSION, '--allow-fs-read=*']
      await refused(t, await attempt(flags), {
        code: 'ERR_BINARY_DISABLED',
        message: /Start Node\.js with --allow-addons/,
        cause: /loading addons is disabled/,
      })
      assert.deepEqual(await attempt([...flags, '--allow-addons']), { loaded: true })
    })

    test('a program that may read its own folder only finds the binary of its C library', async () => {
      const flags = [PERMISSION, `--allow-fs-read=${project}`, '--allow-addons']
      assert.deepEqual(await attempt(flags), { loaded: true })
    })

    test('the file that NAPI_RS_NATIVE_LIBRARY_PATH names is taken, from the current folder on', async () => {
      const elsewhere = join(project, 'elsewhere.node')
      await withFile(undefined, async () => {
        writeFileSync(elsewhere, readFileSync(`${file}.real`))
        for (const path of [elsewhere, relative(project, elsewhere)]) {
          const variables = { NAPI_RS_NATIVE_LIBRARY_PATH: path }
          assert.deepEqual(await attempt([], variables), { loaded: true })
        }
      })
    })

    test('if NAPI_RS_NATIVE_LIBRARY_PATH names no file, nothing else is taken', async (t) => {
      await refused(t, await attempt([], { NAPI_RS_NATIVE_LIBRARY_PATH: 'nowhere.node' }), {
        code: 'ERR_BINARY_MISSING',
        message: /NAPI_RS_NATIVE_LIBRARY_PATH names \S+nowhere\.node, which is no file to load/,
        cause: /Cannot find module/,
      })
    })

    test('a platform that nothing is published for is named', async (t) => {
      const preload = join(project, 'riscv64.cjs')
      writeFileSync(preload, "Object.defineProperty(process, 'arch', { value: 'riscv64' })")
      await refused(t, await attempt(['--require', preload]), {
        code: 'ERR_BINARY_UNSUPPORTED',
        message: /no binary for \w+-riscv64\S*: none is published\. .*`npm run build`/,
        cause: /undefined/,
      })
    })

    test('a binary of another version is refused, and both versions are named', async (t) => {
      const text = readFileSync(join(home, 'package.json'), 'utf8')
      const other = JSON.stringify({ ...JSON.parse(text), version: '9.9.9' })
      writeFileSync(join(home, 'package.json'), other)
      try {
        await refused(t, await attempt(), {
          code: 'ERR_BINARY_VERSION',
          message: new RegExp(`the package is 9\\.9\\.9 and the binary ${manifest.version}\\.`),
          cause: /undefined/,
        })
      } finally {
        writeFileSync(join(home, 'package.json'), text)
      }
    })

    test('a binary that does not tell its version is refused', async (t) => {
      const path = join(project, 'old.cjs')
      writeFileSync(path, 'module.exports = {}')
      await refused(t, await attempt([], { NAPI_RS_NATIVE_LIBRARY_PATH: path }), {
        code: 'ERR_BINARY_VERSION',
        message: /the binary another one, which it does not tell\./,
        cause: /undefined/,
      })
    })
  })
}
