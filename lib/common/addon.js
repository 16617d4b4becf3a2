// Finds the binary of this platform and loads it: from native/ in a clone, from the platform's own
// package where the package is installed, or the one that a variable names.
// Lives here: where binaries are, and that only one of the package's own version is taken. Why none
// could be loaded is told by addon-failure.js, what the callbacks answer by native.js.
'use strict'

const { readFileSync } = require('node:fs')
const { resolve } = require('node:path')
const { version } = require('../../package.json')
const { loadFailure, unsupportedPlatform, versionMismatch } = require('./addon-failure.js')

// The report takes 7 ms, fifteen times as long as the file, which small images lack.
function usesMusl() {
  try {
    return readFileSync('/usr/bin/ldd', 'utf8').includes('musl')
  } catch {
    const { report } = process
    const { excludeNetwork } = report
    report.excludeNetwork = true
    const { header } = report.getReport()
    report.excludeNetwork = excludeNetwork
    return !header.glibcVersionRuntime
  }
}

function platformName() {
  const { platform, arch } = process
  if (platform === 'linux') return `linux-${arch}-${usesMusl() ? 'musl' : 'gnu'}`
  return platform === 'win32' ? `win32-${arch}-msvc` : `${platform}-${arch}`
}

// Bundlers leave a path alone that they cannot know.
const requireFile = (path) => require(path)

function requireBuilt(platform) {
  try {
    return requireFile(`../../native/native-memory-cache.${platform}.node`)
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

function load(platform, named) {
  try {
    if (named) return requireFile(named)
    const built = requireBuilt(platform)
    if (built) return built
    // Spelled out, and within the `try`: so tools that bundle or copy what a program requires find
    // the packages, and know that most of them may be missing.
    switch (platform) {
      case 'darwin-arm64':
        return require('native-memory-cache-darwin-arm64')
      case 'darwin-x64':
        return require('native-memory-cache-darwin-x64')
      case 'linux-arm64-gnu':
        return require('native-memory-cache-linux-arm64-gnu')
      case 'linux-arm64-musl':
        return require('native-memory-cache-linux-arm64-musl')
      case 'linux-x64-gnu':
        return require('native-memory-cache-linux-x64-gnu')
      case 'linux-x64-musl':
        return require('native-memory-cache-linux-x64-musl')
      case 'win32-arm64-msvc':
        return require('native-memory-cache-win32-arm64-msvc')
      case 'win32-x64-msvc':
        return require('native-memory-cache-win32-x64-msvc')
    }
  } catch (cause) {
    throw loadFailure(cause, platform, named)
  }
  throw unsupportedPlatform(platform)
}

const named = process.env.NAPI_RS_NATIVE_LIBRARY_PATH
const addon = load(platformName(), named && resolve(named))
if (addon?.VERSION !== version) throw versionMismatch(version, addon?.VERSION)

module.exports = addon
