// What is compared: for each library this package's two kinds of cache, the library's own store, and what else its
// users take, each in its best configuration for so many entries.
// Lives here: which stores there are, and how they are opened. What is done with them belongs in apps.mjs and entries.mjs.
//
// A store is opened with a context:
//   load      imports a library from the project that has them installed
//   size      how many entries there will be
//   redisUrl  where a server is, for the stores that need one

export const LIFETIME_MS = 30 * 60_000

/** Limits that no client reaches: what is measured is the counting. */
export const LIMIT = 1_000_000_000

// More room than entries: the limit of a shared store is divided over shards, which are never equally full.
export const roomFor = (size) => size * 2

const optionsOf = ({ size }) => ({ maxSize: roomFor(size), ttl: LIFETIME_MS })

const own = (open) => ({
  MemoryCache: (context) => open(context, { cache: optionsOf(context) }),
  SharedMemoryCache: (context) =>
    open(context, { cache: { name: 'bench', ...optionsOf(context) } }),
})

const door = async ({ load }, subpath) => load(`native-memory-cache/${subpath}`)

async function connect({ load, redisUrl }) {
  const { createClient } = await load('redis')
  return createClient({ url: redisUrl }).connect()
}

async function openCacheable({ load }, store) {
  const [{ Cacheable }, { Keyv }] = await Promise.all([load('cacheable'), load('keyv')])
  const primary = store && new Keyv({ store })
  return new Cacheable({ ttl: LIFETIME_MS, ...(primary && { primary }) })
}

async function openBentocache({ load }, driver) {
  const { BentoCache, bentostore } = await load('bentocache')
  return new BentoCache({
    default: 'sessions',
    stores: { sessions: bentostore({ ttl: LIFETIME_MS }).useL1Layer(driver) },
  })
}

async function openUnstorage({ load }, driver) {
  const { createStorage } = await load('unstorage')
  return createStorage({ driver })
}

export const NEEDS_REDIS = ['connect-redis', 'rate-limit-redis']

const STORES = {
  'express-session': {
    ...own(async (context, options) => {
      const { ExpressSessionStore } = await door(context, 'express-session')
      return new ExpressSessionStore(options)
    }),
    async MemoryStore({ load }) {
      const { default: session } = await load('express-session')
      return new session.MemoryStore()
    },
    async memorystore({ load, size }) {
      const { default: session } = await load('express-session')
      const { default: memorystore } = await load('memorystore')
      const MemoryStore = memorystore(session)
      return new MemoryStore({ max: roomFor(size), checkPeriod: LIFETIME_MS })
    },
    async 'connect-redis'(context) {
      const { RedisStore } = await context.load('connect-redis')
      return new RedisStore({ client: await connect(context) })
    },
  },
  'express-rate-limit': {
    ...own(async (context, options) => {
      const { RateLimitStore } = await door(context, 'express-rate-limit')
      return new RateLimitStore(options)
    }),
    async MemoryStore({ load }) {
      const { MemoryStore } = await load('express-rate-limit')
      return new MemoryStore()
    },
    async 'rate-limit-redis'(context) {
      const { RedisStore } = await context.load('rate-limit-redis')
      const client = await connect(context)
      return new RedisStore({ sendCommand: (...command) => client.sendCommand(command) })
    },
  },
  '@fastify/session': {
    ...own(async (context, options) => {
      const { FastifySessionStore } = await door(context, 'fastify')
      return new FastifySessionStore(options)
    }),
    async MemoryStore({ load }) {
      const { default: session } = await load('@fastify/session')
      return new session.MemoryStore()
    },
  },
  // Options of the plugin, which makes its stores itself.
  '@fastify/rate-limit': {
    ...own(async (context, options) => {
      const { fastifyRateLimitStore } = await door(context, 'fastify')
      return { store: fastifyRateLimitStore(options) }
    }),
    async LocalStore({ size }) {
      return { cache: roomFor(size) }
    },
  },
  'rate-limiter-flexible': {
    ...own(async (context, { cache }) => {
      const { RateLimiterCache } = await door(context, 'rate-limiter-flexible')
      return new RateLimiterCache({ cache, points: LIMIT, duration: LIFETIME_MS / 1000 })
    }),
    async RateLimiterMemory({ load }) {
      const { RateLimiterMemory } = await load('rate-limiter-flexible')
      return new RateLimiterMemory({ points: LIMIT, duration: LIFETIME_MS / 1000 })
    },
  },
  '@nestjs/throttler': {
    ...own(async (context, options) => {
      const { NestThrottlerStorage } = await door(context, 'nestjs-throttler')
      return new NestThrottlerStorage(options)
    }),
    async ThrottlerStorageService({ load }) {
      const { ThrottlerStorageService } = await load('@nestjs/throttler')
      return new ThrottlerStorageService()
    },
  },
  keyv: {
    ...own(async (context, options) => {
      const { Keyv } = await context.load('keyv')
      const { KeyvStore } = await door(context, 'keyv')
      return new Keyv({ store: new KeyvStore(options), ttl: LIFETIME_MS })
    }),
    async Map({ load }) {
      const { Keyv } = await load('keyv')
      return new Keyv({ ttl: LIFETIME_MS })
    },
  },
  cacheable: {
    ...own(async (context, options) => {
      const { KeyvStore } = await door(context, 'keyv')
      return openCacheable(context, new KeyvStore(options))
    }),
    CacheableMemory: (context) => openCacheable(context),
  },
  bentocache: {
    ...own(async (context, options) => {
      const { bentocacheDriver } = await door(context, 'bentocache')
      return openBentocache(context, bentocacheDriver(options))
    }),
    async memoryDriver(context) {
      const { memoryDriver } = await context.load('bentocache/drivers/memory')
      return openBentocache(context, memoryDriver({ maxItems: roomFor(context.size) }))
    },
  },
  unstorage: {
    ...own(async (context, options) => {
      const { unstorageDriver } = await door(context, 'unstorage')
      return openUnstorage(context, unstorageDriver(options))
    }),
    async memory(context) {
      const { default: driver } = await context.load('unstorage/drivers/memory')
      return openUnstorage(context, driver())
    },
    async 'lru-cache'(context) {
      const { default: driver } = await context.load('unstorage/drivers/lru-cache')
      return openUnstorage(context, driver({ max: roomFor(context.size), ttl: LIFETIME_MS }))
    },
  },
}

/** Each library with the names of its stores. */
export const LIBRARIES = Object.fromEntries(
  Object.entries(STORES).map(([library, stores]) => [library, Object.keys(stores)]),
)

export const openStore = (library, store, context) => STORES[library][store](context)
