// What compiles, and what must not, with the storage of @nestjs/throttler.
import { ThrottlerModule, seconds } from '@nestjs/throttler'
import type { ThrottlerStorage } from '@nestjs/throttler'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import DefaultStorage, { NestThrottlerStorage } from 'native-memory-cache/nestjs-throttler'
import type { NestThrottlerStorageOptions } from 'native-memory-cache/nestjs-throttler'
import type { RateLimitWindow } from 'native-memory-cache/express-rate-limit'

const options: NestThrottlerStorageOptions[] = [
  { cache: new MemoryCache<RateLimitWindow>() },
  { cache: new SharedMemoryCache<number>({ name: 'limits' }), prefix: 'shop:' },
  { cache: { maxSize: 0 } },
]
for (const each of options) {
  const storage: ThrottlerStorage = new NestThrottlerStorage(each)
  ThrottlerModule.forRoot({ throttlers: [{ ttl: seconds(60), limit: 100 }], storage })
}
new DefaultStorage({ cache: {} }).onApplicationShutdown()

// @ts-expect-error A cache is required.
new NestThrottlerStorage({})
// @ts-expect-error A MemoryCache holds windows.
new NestThrottlerStorage({ cache: new MemoryCache<string>() })
