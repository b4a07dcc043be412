"""Converts a CMYK JPEG to sRGB by its embedded profile, with lcms2: inks.py IN OUT"""

import io
import sys

from PIL import Image, ImageCms

source, target = sys.argv[1:]
picture = Image.open(source)
profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
srgb = ImageCms.createProfile("sRGB")
intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
flags = ImageCms.Flags.BLACKPOINTCOMPENSATION
transform = ImageCms.buildTransform(profile, srgb, "CMYK", "RGB", renderingIntent=intent, flags=flags)
ImageCms.applyTransform(picture, transform).save(target)
