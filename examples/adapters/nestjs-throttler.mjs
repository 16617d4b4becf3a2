// A rate limit of a Nest app, in a cache that all worker threads of the process could share.
// Run it in a project that has native-memory-cache, @nestjs/core, @nestjs/platform-express and @nestjs/throttler.
import { Controller, Get, Module } from '@nestjs/common'
import { APP_GUARD, NestFactory } from '@nestjs/core'
import { ThrottlerGuard, ThrottlerModule, minutes, seconds } from '@nestjs/throttler'
import { NestThrottlerStorage } from 'native-memory-cache/nestjs-throttler'

class Welcome {
  greet() {
    return 'Welcome'
  }
}
// In TypeScript: @Controller() and @Get().
Controller()(Welcome)
Get()(Welcome.prototype, 'greet', Object.getOwnPropertyDescriptor(Welcome.prototype, 'greet'))

class App {}
const cache = { name: 'limits', maxSize: 0, maxBytes: 64 << 20 }
const storage = new NestThrottlerStorage({ cache })
const throttlers = [{ ttl: seconds(60), limit: 3, blockDuration: minutes(10) }]
Module({
  imports: [ThrottlerModule.forRoot({ throttlers, storage })],
  controllers: [Welcome],
  providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
})(App)

const app = await NestFactory.create(App, { logger: ['error'] })
await app.listen(0, '127.0.0.1')
for (let i = 0; i < 4; i++) {
  const { status, headers } = await fetch(await app.getUrl())
  console.log(status, headers.get('x-ratelimit-remaining') ?? headers.get('retry-after'))
}
// → 200 2
// → 200 1
// → 200 0
// → 429 600
await app.close()
