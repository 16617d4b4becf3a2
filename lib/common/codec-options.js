// Which codec a caller has chosen: checks alone. What codecs do is in codec.js.
'use strict'

const { custom, json, structured } = require('./codec.js')
const { invalidOption } = require('./errors.js')

const BUILT_IN = new Map([
  ['structured', structured],
  ['json', json],
])

/** A codec and its name; neither where none was given. */
function readCodec(codec) {
  if (codec === undefined) return { codec: undefined, codecName: undefined }
  if (BUILT_IN.has(codec)) return { codec: BUILT_IN.get(codec), codecName: codec }
  if (typeof codec?.encode !== 'function' || typeof codec.decode !== 'function') {
    throw invalidOption('codec', "'structured', 'json' or { encode, decode }", codec)
  }
  const codecName = codec.name ?? 'custom'
  if (typeof codecName !== 'string' || BUILT_IN.has(codecName)) {
    throw invalidOption('codec.name', "a string other than 'structured' and 'json'", codecName)
  }
  return { codec: custom(codec), codecName }
}

module.exports = { BUILT_IN, readCodec }
