// Why the binary could not be loaded, and what to do about it: one error per reason, told by its code.
// Lives here: what the words of Node.js and of the systems' loaders mean. Where binaries are looked
// for belongs in addon.js, and the codes are explained in docs/loading.md.
'use strict'

const { optionalDependencies = {} } = require('../../package.json')
const { unusableBinary } = require('./errors.js')

const PACKAGE = 'native-memory-cache'

const BUILD =
  'build one from a clone of the repository with `npm run build` and name the file in NAPI_RS_NATIVE_LIBRARY_PATH'
const REINSTALL = 'Remove node_modules and install again'
const SAME_SYSTEM = 'Install on the system, or in the image, that runs the program'

function isInstalled(name) {
  const request = `${name}/package.json`
  try {
    require.resolve(request)
    return true
  } catch {
    return false
  }
}

function missing(platform, named) {
  if (named)
    return ['MISSING', `NAPI_RS_NATIVE_LIBRARY_PATH names ${named}, which is no file to load`]
  const needed = `${PACKAGE}-${platform}`
  if (isInstalled(needed)) {
    return ['BROKEN', `the package ${needed} is installed without its file`, REINSTALL]
  }
  const others = Object.keys(optionalDependencies).filter(isInstalled).join(', ')
  return [
    'MISSING',
    `the package ${needed} is not installed${others && `, only ${others}`}`,
    `${SAME_SYSTEM}, without --omit=optional or --no-optional; if the lock file was made on another ` +
      'platform, remove it and node_modules and install again; pnpm and Yarn need the platform in ' +
      'supportedArchitectures; bundlers must leave the package external',
  ]
}

// What `dlopen` says, by system: glibc; musl; macOS; Windows.
const SAYINGS = [
  [
    /version [`']GLIBC_([\d.]+)' not found/,
    ([, wanted]) => [
      'INCOMPATIBLE',
      `it needs glibc ${wanted}, which this system does not have`,
      `Run it on a newer system, or ${BUILD}`,
    ],
  ],
  [
    /\bld-musl|\blibc\.musl|\bld-linux|\blibc\.so\b.*(?:ELF|cannot open)|symbol not found/,
    () => ['INCOMPATIBLE', 'it was made for another C library (glibc or musl)', SAME_SYSTEM],
  ],
  [
    // glibc takes a file for another processor for none.
    /wrong ELF class|\.node: cannot open shared object file|incompatible architecture/,
    () => ['INCOMPATIBLE', 'it was made for another kind of processor', SAME_SYSTEM],
  ],
  [
    /invalid ELF header|file too short|cannot read file data|ELF load command|Exec format error|mach-o|truncated|not a valid Win32/,
    () => ['BROKEN', 'the file is damaged or for another system', REINSTALL],
  ],
  [
    /The specified module could not be found/,
    () => [
      'INCOMPATIBLE',
      'a library that it needs is missing',
      'Install the Microsoft Visual C++ Redistributable',
    ],
  ],
]

function reasonFor(cause, platform, named) {
  if (cause.code === 'MODULE_NOT_FOUND') return missing(platform, named)
  if (cause.code === 'ERR_DLOPEN_DISABLED') {
    const flag = process.permission ? 'with --allow-addons' : 'without --no-addons'
    return ['DISABLED', 'addons are disabled in this process', `Start Node.js ${flag}`]
  }
  for (const [words, tell] of SAYINGS) {
    const match = words.exec(cause.message)
    if (match) return tell(match)
  }
  return ['UNLOADABLE', 'it could not be loaded']
}

/** The error for what `require` threw; `named` is the file that the user chose, if any. */
function loadFailure(thrown, platform, named) {
  // A file that the user chose may be a program that throws whatever it likes.
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown))
  const [code, reason, advice] = reasonFor(cause, platform, named)
  // The first line: Node.js appends the modules that led there.
  const [words] = cause.message.split('\n')
  const explanation = advice ? `${reason}. ${advice}` : reason
  return unusableBinary(code, `no binary for ${platform}: ${explanation}. (${words})`, cause)
}

function unsupportedPlatform(platform) {
  const message = `no binary for ${platform}: none is published. To use the package there, ${BUILD}.`
  return unusableBinary('UNSUPPORTED', message)
}

function versionMismatch(expected, found = 'another one, which it does not tell') {
  const message =
    `no binary of its version: the package is ${expected} and the binary ${found}. ` +
    `${REINSTALL}, so that ${PACKAGE} and its platform package have the same version.`
  return unusableBinary('VERSION', message)
}

module.exports = { loadFailure, unsupportedPlatform, versionMismatch }
