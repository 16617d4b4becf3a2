// Types of libraries that the declarations of bentocache name, of which the tests need none.

declare module '@aws-sdk/client-dynamodb' {
  export type DynamoDBClientConfig = Record<'credentials' | 'region' | 'endpoint', unknown>
}
declare module 'ioredis' {
  export type Cluster = unknown
  export type Redis = unknown
  export type RedisOptions = object
}
declare module 'knex' {
  export type Knex = unknown
}
declare module 'kysely' {
  export type Kysely<_Database> = unknown
}
declare module 'mqtt' {
  export type IClientOptions = unknown
}
declare module 'orchid-orm' {
  export type DbResult<_Types> = unknown
  export type DefaultColumnTypes<_Schema> = unknown
  export type DefaultSchemaConfig = unknown
}
