"""Prints the entries of a snapshot as JSON, one a line, the least recently used first: python3 read-snapshot.py FILE"""
import base64, json, struct, sys, zlib

def entries(body, count):
    at = 0
    def take(form):
        nonlocal at
        found = struct.unpack_from('<' + form, body, at)
        at += struct.calcsize('<' + form)
        return found if len(found) > 1 else found[0]
    def take_text(wide, length):
        units = take(f'{length * (1 + wide)}s')
        return units.decode('utf-16-le', 'surrogatepass') if wide else units.decode('latin-1')
    for _ in range(count):
        flags, tag, key_length, length = take('BBII')
        expires_at = take('d') if flags & 2 else None
        ttl, _grace = take('dd') if flags & 4 else (None, None)
        tags = [take_text(*take('BI')) for _ in range(take('I'))] if flags & 8 else []
        key = take_text(flags & 1, key_length)
        if tag == 0: value = take('d')
        elif tag <= 6: value = take_text(tag % 2 == 0, length if tag % 2 else length // 2)
        else: value = base64.b64encode(take(f'{length}s')).decode()
        yield dict(key=key, tag=tag, value=value, expiresAt=expires_at, ttl=ttl, tags=tags)

data, parts, number, part = open(sys.argv[1], 'rb').read(), {}, 0, 0
magic, version, kind, codec, store, created_at = struct.unpack_from('<8s4Id', data)
at = 32 + codec + 2 * store
assert (magic, version) == (b'\x89NMC\r\n\x1a\n', 1), 'this is no snapshot of version 1'
seed, at = zlib.crc32(data[:at]), at + 4
assert data[at - 4:at] == struct.pack('<I', seed), 'the header is damaged'
while part != 0xFFFFFFFF:
    length, place, part, count, order, crc = struct.unpack_from('<4IqI', data, at)
    head, body, at = data[at:at + 24], data[at + 28:at + 28 + length], at + 28 + length
    assert place == number and crc == zlib.crc32(body, zlib.crc32(head, seed)), f'block {number} is damaged'
    if part != 0xFFFFFFFF: parts.setdefault(part, {})[order, number] = list(entries(body, count))
    number += 1
lists = [[entry for _, block in sorted(blocks.items()) for entry in block] for _, blocks in sorted(parts.items())]
assert struct.unpack('<QQ', body) == (sum(map(len, lists)), number - 1), 'something is missing'
ranked = [((i + 0.5) / len(part), entry) for part in lists for i, entry in enumerate(part)]
for _, entry in sorted(ranked, key=lambda one: one[0]): print(json.dumps(entry))
