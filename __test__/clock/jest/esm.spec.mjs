// Both packages as ES modules in jest. The tests are in suite.cjs.

import * as published from '@humanspeak/memory-cache'
import * as ours from 'native-memory-cache'
import suite from './suite.cjs'

const { jest } = import.meta

suite.defineSuite({ name: '@humanspeak/memory-cache', ...published, jest })
suite.defineSuite({ name: 'native-memory-cache', ...ours, jest })
