// The same store, required.
import session = require('express-session')
import adapter = require('native-memory-cache/express-session')
import { ExpressSessionStore } from 'native-memory-cache/express-session'

const store: session.Store = new adapter.ExpressSessionStore({ cache: {} })
session({ secret: 's', store })
const same: typeof ExpressSessionStore = adapter.default
new same({ cache: {} })
