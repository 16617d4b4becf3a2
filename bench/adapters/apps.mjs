// The apps that are asked over HTTP: one route, behind the sessions or the rate limit of a library.
// Lives here: the apps, which resolve to `{ app, begun }`, where `begun()` tells how many sessions they have begun.
// Which store is behind them belongs in stores.mjs.
import { sessionOf } from './sessions.mjs'
import { LIFETIME_MS, LIMIT } from './stores.mjs'

/** Tells who asks, where that is no matter of a session. */
export const CLIENT_HEADER = 'x-client'

const clientOf = ({ headers }) => headers[CLIENT_HEADER]

const SECRET = 'a secret of at least thirty-two characters'

/** A request reads its session and changes it, so that it is stored again and its cookie renewed. */
function visitor() {
  let begun = 0
  return {
    begun: () => begun,
    visit(session) {
      if (session.visits === undefined) Object.assign(session, sessionOf(begun++))
      session.visits += 1
      return String(session.visits)
    },
  }
}

async function expressApp(load, middleware) {
  const { default: express } = await load('express')
  const { begun, visit } = visitor()
  const app = express()
  if (middleware) app.use(middleware)
  app.get('/', (request, response) => response.end(visit(request.session ?? {})))
  return { app, begun }
}

async function fastifyApp(load, register = () => {}) {
  const { default: fastify } = await load('fastify')
  const { begun, visit } = visitor()
  const app = fastify()
  await register(app)
  app.get('/', async (request) => visit(request.session ?? {}))
  await app.ready()
  return { app, begun }
}

const APPS = {
  express: (load) => expressApp(load),
  async 'express-session'(load, store) {
    const { default: session } = await load('express-session')
    const cookie = { maxAge: LIFETIME_MS }
    const options = { secret: SECRET, resave: false, saveUninitialized: false, rolling: true }
    return expressApp(load, session({ ...options, cookie, store }))
  },
  async 'express-rate-limit'(load, store) {
    const { rateLimit } = await load('express-rate-limit')
    const options = { windowMs: LIFETIME_MS, limit: LIMIT, standardHeaders: true }
    return expressApp(load, rateLimit({ ...options, keyGenerator: clientOf, store }))
  },
  fastify: (load) => fastifyApp(load),
  async '@fastify/session'(load, store) {
    const { default: cookie } = await load('@fastify/cookie')
    const { default: session } = await load('@fastify/session')
    return fastifyApp(load, async (app) => {
      await app.register(cookie)
      await app.register(session, {
        secret: SECRET,
        saveUninitialized: false,
        cookie: { secure: false, maxAge: LIFETIME_MS },
        store,
      })
    })
  },
  async '@fastify/rate-limit'(load, options) {
    const { default: rateLimit } = await load('@fastify/rate-limit')
    const limit = { max: LIMIT, timeWindow: LIFETIME_MS, keyGenerator: clientOf }
    return fastifyApp(load, (app) => app.register(rateLimit, { ...limit, ...options }))
  },
}

export const makeApp = (library, load, store) => APPS[library](load, store)
