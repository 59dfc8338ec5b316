"""At the data boundary: any bytes at all become an image of the size wanted, or a reason why not."""

import io
import os
import struct
import threading
import time
import zlib

import numpy as np
import pytest
from conftest import encoded, pixels
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from facegen_lib.data import decode
from facegen_lib.data.decode import Item


def decoded(payload, size=32, channels=3, **item):
    return decode.decode(Item("picture", payload, **item), size, channels)


def reason(payload, size=32, channels=3):
    with pytest.raises(ValueError) as caught:
        decoded(payload, size, channels)
    return str(caught.value)


JPEG, PNG = encoded(), encoded(kind="PNG")


@settings(max_examples=200)
@given(st.binary(max_size=300))
@example(b"")
@example(JPEG[:2])
@example(b"\x89PNG\r\n\x1a\n" + bytes(40))
@example(b"GIF89a" + bytes(20))
@example(b"these are words, and the file is called face.png")
def test_bytes_that_are_no_picture_give_a_reason(data):
    assert reason(data).startswith(("is not a picture", "is damaged", "is too small", "has more pixels"))


@settings(max_examples=100)
@given(st.sampled_from([JPEG, PNG]), st.data())
def test_a_broken_picture_gives_an_image_or_a_reason_and_never_anything_else(whole, data):
    broken = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for place in data.draw(st.lists(st.integers(0, max(len(broken) - 1, 0)), max_size=8)) if broken else ():
        broken[place] ^= data.draw(st.integers(1, 255))
    try:
        image = decoded(bytes(broken))
    except ValueError as error:
        assert str(error).startswith(("is ", "has ", "cannot "))
    else:
        assert (image.shape, image.dtype) == ((32, 32, 3), np.uint8)


@pytest.mark.parametrize("whole", [JPEG, PNG], ids=["JPEG", "PNG"])
def test_a_picture_that_was_cut_short_is_damaged(whole):
    assert reason(whole[: len(whole) // 2]).startswith("is damaged (")


@settings(max_examples=60)
@given(
    kind=st.sampled_from(["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF"]),
    width=st.integers(1, 150),
    height=st.integers(1, 150),
    size=st.integers(8, 64),
    channels=st.sampled_from([1, 3]),
)
def test_any_picture_becomes_a_square_unless_it_is_smaller_than_a_quarter_of_it(kind, width, height, size, channels):
    data = encoded(width, height, kind=kind)
    if min(width, height) < size / 4:
        side = min(width, height)
        assert reason(data, size, channels) == f"is too small to become {size}×{size} ({side}×{side} are there)"
    else:
        image = decoded(data, size, channels)
        assert (image.shape, image.dtype) == ((size, size, channels), np.uint8)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (8000, 10), (10, 8000)])
def test_specks_and_ribbons_are_too_small(width, height):
    assert reason(encoded(width, height), 64).startswith("is too small to become 64×64")


def test_a_ribbon_is_cropped_in_its_middle():
    ribbon = np.zeros((10, 8000, 3), "uint8")
    ribbon[:, 3995:4005] = (250, 100, 0)
    np.testing.assert_array_equal(decoded(ribbon, 16)[8, 8], (250, 100, 0))


def flat(mode, colour, kind="PNG"):
    buffer = io.BytesIO()
    Image.new(mode, (40, 40), colour).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (flat("L", 77), (77, 77, 77)),
        (flat("1", 1), (255, 255, 255)),
        (flat("LA", (10, 0)), (255, 255, 255)),
        (flat("RGBA", (200, 100, 50, 255)), (200, 100, 50)),
        (flat("RGBA", (200, 100, 50, 0)), (255, 255, 255)),
        (flat("RGBA", (0, 0, 0, 128)), (127, 127, 127)),
        (flat("I;16", 257 * 77), (77, 77, 77)),
        (flat("CMYK", (0, 255, 255, 0), "TIFF"), (255, 0, 0)),
        (flat("YCbCr", (255, 128, 128), "JPEG"), (255, 255, 255)),
    ],
    ids=[
        "grey",
        "one bit",
        "clear grey",
        "RGBA",
        "clear",
        "half clear",
        "16 bit",
        "CMYK",
        "YCbCr",
    ],
)
def test_every_kind_of_pixel_becomes_colour(data, expected):
    np.testing.assert_array_equal(decoded(data)[16, 16], expected)


@pytest.mark.parametrize(
    ("mode", "value", "said"),
    [("F", 0.5, "holds real numbers"), ("F", 65535.0, "holds real numbers"), ("I", 4095, "holds numbers of 32 bits")],
)
def test_numbers_that_do_not_say_which_is_white_are_refused_and_not_shown_in_black(mode, value, said):
    assert reason(flat(mode, value, "TIFF")) == f"{said}, and which of them is white is not said; export it with 8 bits"


@pytest.mark.parametrize("name", ["c.nef", "d.DNG"])
def test_a_raw_photo_says_what_it_is_and_what_to_do(name):
    with pytest.raises(ValueError, match="is a raw photo, which cannot be read here; export it as JPEG"):
        decode.decode(Item(name, encoded(kind="TIFF")), 32, 3)


def test_a_palette_keeps_its_colours_and_shows_white_where_it_is_clear():
    picture = Image.new("P", (40, 40), 0)
    picture.putpalette([10, 20, 30, 200, 100, 50])
    picture.paste(1, (0, 0, 20, 40))
    opaque, clear = io.BytesIO(), io.BytesIO()
    picture.save(opaque, "PNG")
    picture.save(clear, "PNG", transparency=0)
    np.testing.assert_array_equal(decoded(opaque.getvalue())[16, [4, 28]], [(200, 100, 50), (10, 20, 30)])
    np.testing.assert_array_equal(decoded(clear.getvalue())[16, [4, 28]], [(200, 100, 50), (255, 255, 255)])


def test_cmyk_jpegs_and_grey_jpegs_are_read():
    np.testing.assert_allclose(decoded(encoded(mode="CMYK")), decoded(encoded()), atol=60)
    assert np.ptp(decoded(encoded(mode="L")), axis=-1).max() == 0


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright_by_its_exif_tag(orientation):
    upright = Image.new("RGB", (64, 64), "black")
    upright.paste("red", (0, 0, 32, 32))  # the upper left quarter
    turned = {
        1: [], 2: ["FLIP_LEFT_RIGHT"], 3: ["ROTATE_180"], 4: ["FLIP_TOP_BOTTOM"],
        5: ["TRANSPOSE"], 6: ["ROTATE_90"], 7: ["TRANSVERSE"], 8: ["ROTATE_270"],
    }[orientation]  # fmt: skip
    stored = upright
    for turn in turned:
        stored = stored.transpose(Image.Transpose[turn])
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    stored.save(buffer, "JPEG", exif=exif, quality=95)
    image = decoded(buffer.getvalue())
    red = image[..., 0].reshape(2, 16, 2, 16).mean((1, 3))
    assert red[0, 0] > 200
    assert np.sort(red.ravel())[2] < 50


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_broken_exif_tag_does_no_harm():
    data = encoded(exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff" + bytes(10))
    np.testing.assert_array_equal(decoded(data), decoded(encoded()))


def test_a_picture_with_more_pixels_than_a_photo_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(decode, "PHOTO_PIXELS", 6000)
    assert reason(encoded(kind="PNG")) == "has more pixels than a photo has (80×80)"
    assert decoded(encoded(160, 160)).shape == (32, 32, 3)  # a JPEG shrinks while it is read


def test_a_huge_jpeg_can_be_used_however_it_is_cropped(monkeypatch):
    monkeypatch.setattr(decode, "PHOTO_PIXELS", 6000)
    seen = []
    huge = encoded(100, 80)
    assert decoded(huge, crop=lambda picture: seen.append(picture.size) or (0, 0, 40, 40)).shape == (32, 32, 3)
    assert seen == [(50, 40)]


def test_a_small_file_that_claims_to_be_a_huge_picture_is_refused():
    header = b"IHDR" + struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(bytes(1000))
    chunks = [
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in (header, data)
    ]
    assert reason(b"\x89PNG\r\n\x1a\n" + b"".join(chunks)).startswith("has more pixels than a photo has")


def test_an_array_of_the_right_size_is_kept_as_it_is():
    image = pixels(32, 32)
    np.testing.assert_array_equal(decoded(image), image)
    np.testing.assert_array_equal(decoded(image[..., 0], channels=1)[..., 0], image[..., 0])
    np.testing.assert_array_equal(decoded(image[..., :1], channels=1), image[..., :1])


def test_nothing_outside_the_box_bleeds_into_the_image():
    scene = np.full((100, 400, 3), 128, "uint8")
    scene[:, 150:250] = 211
    image = decoded(scene, 64, crop=lambda picture: (150, 0, 250, 100))
    assert (image == 211).all()


def test_shrinking_takes_the_mean_so_that_fine_stripes_turn_grey():
    stripes = np.zeros((256, 256), "uint8")
    stripes[:, ::2] = 255
    middle = decoded(stripes, 32, channels=1)[4:-4, 4:-4]
    assert abs(middle.astype(int) - 127).max() <= 2


def test_files_that_cannot_be_read_give_the_reason_of_the_system():
    def read():
        raise PermissionError(13, "Permission denied")

    assert reason(read) == "cannot be read (Permission denied)"


def test_items_keep_their_order_however_long_each_one_takes():
    def slowly(seconds):
        return lambda: time.sleep(seconds) or JPEG

    items = [Item(str(number), slowly(0.02 * (number % 3 == 0))) for number in range(100)]
    assert [item.name for item, _ in decode.decode_all(items, 16, 3)] == [item.name for item in items]


def test_items_are_decoded_on_every_core(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(decode, "PARCEL_ITEMS", 1)
    both = threading.Barrier(2, timeout=20)

    def read():
        both.wait()  # passes only when two items are being read at once
        return JPEG

    assert len(list(decode.decode_all([Item(str(number), read) for number in range(4)], 16, 3))) == 4


def test_few_items_are_under_way_at_a_time_and_fewer_heavy_ones(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(decode, "PARCEL_BYTES", 10_000)

    def most_taken_ahead(payload):
        taken, ahead = [], []

        def items():
            for number in range(400):
                taken.append(number)
                yield Item(str(number), payload)

        for done, _ in enumerate(decode.decode_all(items(), 8, 1)):
            ahead.append(len(taken) - done)
        return max(ahead)

    light, heavy = np.zeros((8, 8), "uint8"), np.zeros((200, 200), "uint8")
    assert most_taken_ahead(light) <= 6 * decode.PARCEL_ITEMS
    assert most_taken_ahead(heavy) <= 6
