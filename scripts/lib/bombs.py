"""Pictures that are small as files and large when they are unpacked, or long in the doing. Made here, so that none lies about."""

import struct
import zlib

NOTHING = bytes(1 << 20)


def packed(length):
    """So many zeros, packed."""
    packer, pieces = zlib.compressobj(9), []
    while length > 0:
        pieces.append(packer.compress(NOTHING[:length]))
        length -= len(NOTHING)
    return b"".join(pieces) + packer.flush()


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width, height, bits, colours, interlaced=False, more=b""):
    channels = {0: 1, 2: 3, 6: 4}[colours]
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    length = 0
    for x, y, across, down in passes if interlaced else [(0, 0, 1, 1)]:
        columns, rows = -(-(width - x) // across), -(-(height - y) // down)
        length += rows * (1 + -(-columns * channels * bits // 8))
    header = struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + chunk(b"IDAT", packed(length)) + chunk(b"IEND", b"")


def gif(width, height, frames, whole=False):
    """Frames of one pixel, or of the whole canvas in one of two colours, without compression."""
    head = b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0" + b"\x10\x20\x30\xf0\xe0\xd0"
    head += b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
    area = (width, height) if whole else (1, 1)
    drawn = [lzw(colour, area[0] * area[1]) for colour in (0, 1)]
    frame = b"\x21\xf9\x04\x04\x02\0\0\0\x2c\0\0\0\0" + struct.pack("<HH", *area) + b"\0\x02"
    return head + b"".join(frame + drawn[nth % 2] for nth in range(frames)) + b";"


def lzw(colour, pixels):
    """Codes of three bits; the table is emptied before they grow."""
    bits, count, out = 0, 0, bytearray()
    codes = [4, colour, colour] * (pixels // 2) + [4, colour] * (pixels % 2) + [5]
    for code in codes:
        bits |= code << count
        count += 3
        while count >= 8:
            out.append(bits & 0xff)
            bits >>= 8
            count -= 8
    if count:
        out.append(bits)
    blocks = [bytes([len(out[at:at + 255])]) + bytes(out[at:at + 255]) for at in range(0, len(out), 255)]
    return b"".join(blocks) + b"\0"


def webp(width, height, frames):
    """An animation with frames of one pixel."""
    def part(name, content):
        return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) & 1)

    def three(value):
        return struct.pack("<I", value)[:3]
    pixel = bytes.fromhex("2f00000010071011118888fe0700")[:13]
    frame = part(b"ANMF", three(0) + three(0) + three(0) + three(0) + three(10) + b"\0" + part(b"VP8L", pixel))
    body = b"WEBP" + part(b"VP8X", b"\x02\0\0\0" + three(width - 1) + three(height - 1))
    body += part(b"ANIM", bytes(6)) + frame * frames
    return b"RIFF" + struct.pack("<I", len(body)) + body


def scans(side, count):
    """A progressive JPEG in shades of grey: one scan for the first coefficient, the others for one each, all of them nothing."""
    def segment(code, content):
        return b"\xff" + bytes([code]) + struct.pack(">H", len(content) + 2) + content
    blocks = (side // 8) ** 2
    # One code of one bit each: no difference, and the end of 2^14 blocks, whose number has 14 bits of its own.
    tables = segment(0xdb, b"\0" + b"\1" * 64) + segment(0xc4, b"\0\1" + bytes(15) + b"\0")
    tables += segment(0xc4, b"\x10\1" + bytes(15) + b"\xe0")
    runs = "".join("0" + "0" * 14 for _ in range(blocks // (1 << 14)))
    rest = blocks % (1 << 14)
    if rest:
        # A run that is longer than what is left.
        runs += "0" + "0" * 14
    runs += "1" * (-len(runs) % 8)
    other = bytes(int(runs[at:at + 8], 2) for at in range(0, len(runs), 8)).replace(b"\xff", b"\xff\0")
    first = segment(0xda, b"\1\1\0\0\0\0") + bytes(-(-blocks // 8))
    rest = b"".join(segment(0xda, b"\1\1\0" + bytes([1 + nth % 63, 1 + nth % 63, 0])) + other for nth in range(count - 1))
    frame = segment(0xc2, b"\x08" + struct.pack(">HH", side, side) + b"\1\1\x11\0")
    return b"\xff\xd8" + tables + frame + first + rest + b"\xff\xd9"


def bombs():
    """Each with its name and whether it must be refused; the others lie within the limits, and only have to do no harm."""
    profile = chunk(b"iCCP", b"p\0\0" + packed(200 << 20)) + chunk(b"zTXt", b"Title\0\0" + packed(200 << 20))
    frames = struct.pack(">II", 1000, 0)
    yield "11,000 x 11,000.png", png(11_000, 11_000, 8, 6), True
    yield "20,000 x 20,000.png", png(20_000, 20_000, 1, 0), True
    yield "65,535 x 65,535.gif", gif(65_535, 65_535, 1), True
    yield "200 frames of 4,000 x 4,000.gif", gif(4_000, 4_000, 200), True
    yield "150,000 frames.gif", gif(1, 1, 150_000), True
    yield "20 frames of 16,000 x 16,000.webp", webp(16_000, 16_000, 20), True
    yield "2,000 frames.webp", webp(100, 100, 2_000), True
    yield "7,000 x 7,000 of 16 bits, interlaced.png", png(7_000, 7_000, 16, 6, True), True
    yield "10,000 scans of 4,096 x 4,096.jpg", scans(4_096, 10_000), True
    yield "7,000 x 7,000.png", png(7_000, 7_000, 8, 6), False
    yield "4,000 x 4,000, interlaced.png", png(4_000, 4_000, 8, 6, True), False
    yield "16,000 x 3,200 of 1 bit.png", png(16_000, 3_200, 1, 0), False
    yield "unfolding profile and text.png", png(100, 100, 8, 2, False, profile), False
    yield "1,000 frames of 2,000 x 2,000, animated.png", png(2_000, 2_000, 8, 2, False, chunk(b"acTL", frames)), False
    yield "64 scans of 4,096 x 4,096.jpg", scans(4_096, 64), False
    yield "1,000 frames of 228 x 228.gif", gif(228, 228, 1_000, True), False
    yield "1,000 frames of 228 x 228.webp", webp(228, 228, 1_000), False
