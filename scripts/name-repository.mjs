// Writes into the package.json of the current folder where the project lives, for a release: npm shows
// it, and accepts provenance only for a package that names the repository which it comes from.
//
//     GITHUB_SERVER_URL=https://… GITHUB_REPOSITORY=owner/name node scripts/name-repository.mjs
//
// Lives here: those three fields. The committed package.json lacks them, so that a fork that
// publishes under a name of its own points to itself.
import { readFileSync, writeFileSync } from 'node:fs'

const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env

function demand(name, value, pattern) {
  if (pattern.test(value ?? '')) return
  console.error(`${name} must match ${pattern}, received ${JSON.stringify(value)}`)
  process.exit(1)
}
demand('GITHUB_SERVER_URL', server, /^https:\/\/[^/\s]+$/)
demand('GITHUB_REPOSITORY', repository, /^[^/\s]+\/[^/\s]+$/)

const url = `${server}/${repository}`
const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
Object.assign(manifest, {
  repository: { type: 'git', url: `git+${url}.git` },
  homepage: `${url}#readme`,
  bugs: { url: `${url}/issues` },
})
writeFileSync('package.json', `${JSON.stringify(manifest, null, 2)}\n`)
