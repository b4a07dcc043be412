#!/usr/bin/env python3
"""Makes testdata/photos from a folder of full-size photographs and from nothing.

    python3 testdata/make-photos.py FOLDER

FOLDER holds the files named in testdata/README.md, out of the Debian packages named there. Needs Pillow.
The pictures are committed; run this only to change them.
"""

import math
import pathlib
import sys

from PIL import Image, ImageDraw

OUT = pathlib.Path(__file__).parent / "photos"

# name, source, longest side, quality, progressive, EXIF orientation
PHOTOS = [
    ("dandelion.jpg", "seeding_by_Clements_Engelhardt.jpg", 2400, 82, False, 1),
    ("brushes.jpg", "Picture_1A_by_freespace.jpg", 1365, 85, True, 1),
    ("drum.jpg", "Wine_by_Jakkub_Mede.jpg", 1800, 80, False, 6),
    ("brook.jpg", "life_by_Aitzol_Berasategi.jpg", 1400, 68, True, 1),
    ("mountains.jpg", "picosdeeuropa_by_Aitzol_Berasategi.jpg", 1600, 76, False, 1),
]

# How a picture must be stored so that this orientation turns it upright.
STORED = {1: None, 6: Image.Transpose.ROTATE_90}


def photo(folder, name, source, side, quality, progressive, orientation):
    picture = Image.open(folder / source).convert("RGB")
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    if STORED[orientation] is not None:
        picture = picture.transpose(STORED[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    # What a phone would leave in it, to be seen to be gone.
    exif[0x010F] = "Ridge test camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (43.0, 12.0, 0.0), 3: "W", 4: (4.0, 48.0, 0.0)})
    picture.save(OUT / name, quality=quality, progressive=progressive, optimize=True, exif=exif)


def mark(size):
    """A ridge under a sun, on nothing, drawn four times too large and reduced for soft edges."""
    large = Image.new("RGBA", (size * 4, size * 4))
    draw = ImageDraw.Draw(large)
    at = lambda *points: [(x * size * 4, y * size * 4) for x, y in points]
    draw.ellipse([c for p in at((0.60, 0.10), (0.86, 0.36)) for c in p], fill=(244, 162, 97, 255))
    draw.polygon(at((0.04, 0.90), (0.38, 0.24), (0.72, 0.90)), fill=(27, 73, 101, 255))
    draw.polygon(at((0.40, 0.90), (0.66, 0.46), (0.96, 0.90)), fill=(95, 168, 211, 170))
    return large.resize((size, size), Image.Resampling.LANCZOS)


def turning(frames=12, size=160):
    """A sun that goes round, one palette, transparent around it."""
    pictures = []
    for step in range(frames):
        picture = Image.new("P", (size, size), 0)
        picture.putpalette([0, 0, 0, 27, 73, 101, 244, 162, 97])
        draw = ImageDraw.Draw(picture)
        draw.ellipse([10, 10, size - 10, size - 10], fill=1)
        angle = 2 * math.pi * step / frames
        x, y = size / 2 + 48 * math.cos(angle), size / 2 + 48 * math.sin(angle)
        draw.ellipse([x - 16, y - 16, x + 16, y + 16], fill=2)
        pictures.append(picture)
    pictures[0].save(
        OUT / "turning.gif", save_all=True, append_images=pictures[1:], duration=80, loop=0, transparency=0, disposal=2
    )


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    OUT.mkdir(exist_ok=True)
    for row in PHOTOS:
        photo(pathlib.Path(sys.argv[1]), *row)
    mark(640).save(OUT / "mark.png", optimize=True)
    mark(480).save(OUT / "mark.webp", quality=90)
    turning()


if __name__ == "__main__":
    main()
