# Settings for the C libraries that cargo builds with CMake. `.cargo/config.toml` makes each of them read this file.

# As for deployment, whatever cargo's profile is.
set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)

# dav1d decodes AVIF, and libaom encodes it with 8 bits per sample. The rest of libaom is not compiled.
set(CONFIG_AV1_DECODER 0 CACHE STRING "" FORCE)
set(CONFIG_AV1_HIGHBITDEPTH 0 CACHE STRING "" FORCE)
# The same for libavif.
set(AVIF_CODEC_AOM_DECODE OFF CACHE BOOL "" FORCE)
