"""Prints the entries of a snapshot, one JSON object a line, the least recently used first; see docs/snapshot-format.md.

    python3 read-snapshot.py sessions.snapshot
"""
import base64, json, struct, sys, zlib

def text(bytes_, wide):
    return bytes_.decode('utf-16-le', 'surrogatepass') if wide else bytes_.decode('latin-1')

def entries(body, count):
    at = 0
    def take(form):
        nonlocal at
        found = struct.unpack_from('<' + form, body, at)
        at += struct.calcsize('<' + form)
        return found[0] if len(found) == 1 else found
    def take_text(wide, length):
        return text(take(f'{length * (1 + wide)}s'), wide)
    for _ in range(count):
        flags, tag, key_length, length = take('BBII')
        expires_at = take('d') if flags & 2 else None
        ttl = take('dd')[0] if flags & 4 else None
        tags = [take_text(*take('BI')) for _ in range(take('I'))] if flags & 8 else []
        key, value = take_text(flags & 1, key_length), take(f'{length}s')
        if tag == 0: value = struct.unpack('<d', value)[0]
        elif tag <= 6: value = text(value, tag % 2 == 0)
        else: value = base64.b64encode(value).decode()
        yield dict(key=key, tag=tag, value=value, expiresAt=expires_at, ttl=ttl, tags=tags)

data = open(sys.argv[1], 'rb').read()
magic, version, _, codec, store, _ = struct.unpack_from('<8s4Id', data)
at = 32 + codec + 2 * store
crc = struct.unpack_from('<I', data, at)[0]
assert magic == b'\x89NMC\r\n\x1a\n' and version == 1 and zlib.crc32(data[:at]) == crc
at, parts, number = at + 4, {}, 0
while True:
    length, n, part, count, order, check = struct.unpack_from('<4IqI', data, at)
    body = data[at + 28:at + 28 + length]
    assert n == number and zlib.crc32(body, zlib.crc32(data[at:at + 24], crc)) == check, f'block {number} is damaged'
    at, number = at + 28 + length, number + 1
    if part == 0xFFFFFFFF: break
    parts.setdefault(part, []).append((order, list(entries(body, count))))
lists = [[entry for _, block in sorted(blocks, key=lambda b: b[0]) for entry in block] for blocks in parts.values()]
assert struct.unpack('<QQ', body) == (sum(map(len, lists)), number - 1) and at == len(data)
ranked = [((i + 0.5) / len(part), entry) for part in lists for i, entry in enumerate(part)]
for _, entry in sorted(ranked, key=lambda ranked_: ranked_[0]): print(json.dumps(entry))
