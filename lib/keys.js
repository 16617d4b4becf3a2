// Cuts the joined keys that native code hands over. Nothing else belongs here.
'use strict'

function cutKeys({ chunks, lengths }) {
  const keys = Array.from({ length: lengths.length })
  let chunk = -1
  let start = 0
  let text = ''
  for (let i = 0; i < keys.length; i++) {
    if (start === text.length && lengths[i] > 0) {
      text = chunks[++chunk]
      start = 0
    }
    keys[i] = text.slice(start, (start += lengths[i]))
  }
  return keys
}

module.exports = { cutKeys }
