"""What was fetched, taken as a picture or refused, and made as large as a pass needs it."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Literal

from wallet.images.guard import Refused

if TYPE_CHECKING:
    from PIL.Image import Image

Kind = Literal["logo", "hero"]
FORMATS = ("PNG", "JPEG", "WEBP")
#: A packed picture of a few kilobytes may hold a thousand times as many.
PIXELS_LIMIT, SIDE_LIMIT = 16_000_000, 10_000
#: Three times what a pass shows, in points: logo and strip.
LOGO, HERO = (480, 150), (1125, 432)


def prepared(content: bytes, kind: Kind) -> bytes:
    """The picture as it is stored: written anew, so that nothing of the file that came is left. Refused."""
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
                if opened.width * opened.height > PIXELS_LIMIT or not 1 <= max(opened.size) <= SIDE_LIMIT:
                    raise Refused("the picture has too many pixels")
                if opened.format == "JPEG":
                    opened.draft("RGB", HERO)
                opened.load()
                # In place: each copy of a large picture takes 64 MB.
                ImageOps.exif_transpose(opened, in_place=True)
                return _logo(opened) if kind == "logo" else _hero(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("the picture has too many pixels") from None
    except Refused:
        raise
    except Exception:  # noqa: BLE001 - whatever is wrong with a stranger's file, Pillow has an error of its own for it
        raise Refused("it is no PNG, JPEG or WebP picture that can be read") from None


def _logo(picture: Image) -> bytes:
    from PIL import ImageOps

    is_plain = picture.mode in ("RGB", "RGBA") and "transparency" not in picture.info
    fitting = picture if is_plain else picture.convert("RGBA")
    if fitting.width > LOGO[0] or fitting.height > LOGO[1]:
        fitting = ImageOps.contain(fitting, LOGO)
    return _written(fitting.convert("RGBA"), "PNG")


def _hero(picture: Image) -> bytes:
    from PIL import ImageOps

    plain = picture if picture.mode == "RGB" else picture.convert("RGB")
    return _written(ImageOps.fit(plain, HERO), "JPEG", quality=88)


def _written(picture: Image, form: str, **options: int) -> bytes:
    out = io.BytesIO()
    picture.info.clear()  # no profile, no text, no place where it was taken
    picture.save(out, form, **options)
    return out.getvalue()
