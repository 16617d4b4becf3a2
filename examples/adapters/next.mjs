// The cache handlers of Next.js, called as Next.js calls them: in an app, a module exports each, and next.config.js names it.
// Run it in a project that has native-memory-cache.
import { nextCacheHandler, nextUseCacheHandler } from 'native-memory-cache/next'

const cache = { name: 'next', maxSize: 0, maxBytes: 256 << 20 }

// cache-handler.js, for `cacheHandler`.
const Handler = nextCacheHandler({ cache })
// use-cache-handler.js, for `cacheHandlers: { default }`.
const useCache = nextUseCacheHandler({ cache })

const pages = new Handler()
const page = { kind: 'APP_PAGE', html: '<p>Ada</p>', headers: { 'x-next-cache-tags': 'user:ada' } }
await pages.set('/users/ada', page, { cacheControl: { revalidate: 60, expire: 3600 } })
console.log((await pages.get('/users/ada')).value.html) // → <p>Ada</p>

await useCache.set(
  'profile of ada',
  Promise.resolve({
    value: new Blob(['Ada']).stream(),
    tags: ['user:ada'],
    stale: 300,
    timestamp: performance.timeOrigin + performance.now(),
    expire: 3600,
    revalidate: 60,
  }),
)
const { value } = await useCache.get('profile of ada')
console.log(await new Response(value).text()) // → Ada

// revalidateTag('user:ada', 'max') and updateTag('user:ada'), each of which reaches both.
await useCache.updateTags(['user:ada'], { expire: 31_536_000 })
console.log((await useCache.get('profile of ada')).revalidate) // → -1
await Promise.all([pages.revalidateTag('user:ada'), useCache.updateTags(['user:ada'])])
console.log(await pages.get('/users/ada'), await useCache.get('profile of ada')) // → null undefined
