// The process of the registry: node registry-server.cjs <folder of the tools> <storage folder>
// Lives here: verdaccio with its configuration. It has no uplink, so that a package that was not
// published to it cannot come from it. It ends with the process that started it.
'use strict'

const { createRequire } = require('node:module')
const { join } = require('node:path')

const [, , tools, storage] = process.argv
const { runServer } = createRequire(join(tools, 'package.json'))('verdaccio')

const configuration = {
  storage,
  self_path: storage,
  uplinks: {},
  packages: { '**': { access: '$all', publish: '$all' } },
  web: { enable: false },
  log: { type: 'stdout', format: 'pretty', level: 'fatal' },
  max_body_size: '100mb',
}

process.on('disconnect', () => process.exit())

async function start() {
  const app = await runServer(configuration)
  const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
}

start()
