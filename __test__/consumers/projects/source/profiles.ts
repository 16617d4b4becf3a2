// A service with a decorated method. Every project compiles this file, with the kind of decorators
// that its tsconfig.json chooses.
// Lives here: that service. How it is tested is each project's own affair.
import { cached } from 'native-memory-cache'

export class Profiles {
  loads = 0

  @cached<string>({ ttl: 60_000 })
  async displayName(userId: string): Promise<string> {
    this.loads += 1
    return `The user ${userId}`
  }
}
