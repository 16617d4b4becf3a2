// The values that the type tests put into caches. What must not live here: assertions.

export interface Session {
  userId: string
  permissions: string[]
}

export interface User {
  id: string
  name: string
}
