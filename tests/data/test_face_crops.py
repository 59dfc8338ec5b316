"""Photos cropped around the face in them, and a preview that shows and counts."""

import io

import numpy as np
import pytest
from conftest import encoded, write_folder
from PIL import Image
from skimage.data import astronaut

from facegen_lib import data
from facegen_lib.data import decode, faces, portraits
from facegen_lib.data.preview import preview
from facegen_lib.errors import FacegenError


@pytest.fixture(scope="module")
def portrait():
    """One painted face, looking ahead: uint8 (128, 128, 3)."""
    return portraits.make(1, 128, seed=1, yaw=0.0, pitch=0.0, tilt=0.0, glasses=False, hair_style="cropped").images[0]


def photo(portrait, left, top, width=600, height=400, kind="PNG", side=128):
    """A large grey photo with that face in it somewhere: a picture and its bytes."""
    picture = Image.new("RGB", (width, height), (150, 150, 160))
    picture.paste(Image.fromarray(portrait).resize((side, side)), (left, top))
    buffer = io.BytesIO()
    picture.save(buffer, kind)
    return picture, buffer.getvalue()


def contains(box, left, top, right, bottom):
    return box[0] <= left and box[1] <= top and box[2] >= right and box[3] >= bottom


@pytest.mark.parametrize(("left", "top"), [(40, 40), (400, 200), (0, 272), (472, 0)])
def test_the_square_lies_around_the_face_and_inside_the_photo(portrait, left, top):
    picture, _ = photo(portrait, left, top)
    box = faces.face_square(picture)
    assert box[2] - box[0] == box[3] - box[1]
    assert contains((0, 0, 600, 400), *box)
    middle = left + 64, top + 64
    assert contains(box, middle[0] - 20, middle[1] - 20, middle[0] + 20, middle[1] + 20)
    assert box[2] - box[0] < 200


def test_a_real_face_is_found_in_a_large_photo():
    box = faces.face_square(Image.fromarray(astronaut()).resize((1500, 1500)))  # ships with scikit-image
    assert contains(box, 580, 260, 720, 480)
    assert box[2] - box[0] < 700


def test_the_largest_of_two_faces_is_taken(portrait):
    picture, _ = photo(portrait, 20, 20, side=100)
    picture.paste(Image.fromarray(portrait).resize((200, 200)), (350, 150))
    box = faces.face_square(picture)
    assert contains(box, 420, 220, 480, 280)


def test_a_photo_without_a_face_has_a_reason():
    with pytest.raises(ValueError, match="has no face that the detector is sure of"):
        faces.face_square(Image.new("RGB", (300, 200), "green"))


@pytest.fixture
def holiday(tmp_path, portrait):
    places = {"beach.png": (40, 40), "hills.png": (400, 200), "boat.jpg": (200, 100)}
    files = {
        name: photo(portrait, *place, kind="JPEG" if name.endswith("jpg") else "PNG")[1]
        for name, place in places.items()
    }
    files |= {"wall.jpg": encoded(300, 200), "broken.jpg": encoded()[:200]}
    return write_folder(tmp_path / "holiday", files)


def test_a_folder_of_photos_becomes_faces_and_the_rest_is_counted(holiday):
    found = data.load(f"faces:{holiday}", size=32, split="all")
    assert sorted(found.names) == ["beach.png", "boat.jpg", "hills.png"]
    assert found.provenance["skipped"]["wall.jpg"] == "has no face that the detector is sure of"
    assert found.provenance["skipped"]["broken.jpg"].startswith("is damaged")
    assert "skipped 1: it has no face" in repr(found)
    spread = np.std([image.mean() for image in found.images])
    assert spread < 12  # the same face three times, wherever it was
    assert data.load(f"folder:{holiday}", size=32, split="all").hash != found.hash


def test_a_face_that_is_too_small_is_counted(tmp_path, portrait):
    files = {"far.png": photo(portrait, 40, 40, side=40)[1], "near.png": photo(portrait, 40, 40)[1]}
    found = data.load(f"faces:{write_folder(tmp_path / 'walk', files)}", size=256, split="all")
    assert list(found.names) == ["near.png"]
    assert found.provenance["skipped"]["far.png"].startswith("is too small to become 256×256 (")


def test_a_preview_shows_and_counts_without_preparing_anything(holiday, own_cache):
    seen = preview(f"faces:{holiday}", size=32, count=4)
    assert len(seen.originals) == len(seen.images) == 4
    assert (
        str(seen).splitlines()[0] == f"faces:{holiday}: of 4 pictures looked at, {4 - len(seen.skipped)} can be used."
    )
    assert not own_cache.exists()
    everything = preview(f"faces:{holiday}", size=32)
    assert set(everything.skipped) == {"wall.jpg", "broken.jpg"}
    assert "  skipped 1: it has no face that the detector is sure of" in str(everything).splitlines()


def test_a_preview_shows_what_loading_gives(holiday):
    loaded = data.load(f"folder:{holiday}", size=32, split="all")
    shown = [image for image in preview(f"folder:{holiday}", size=32).images if image is not None]
    assert {image.tobytes() for image in shown} == {image.tobytes() for image in loaded.images}


def test_the_sheet_has_a_place_for_every_picture_with_its_square_marked(holiday):
    seen = preview(f"faces:{holiday}", size=32)
    sheet = seen.sheet(columns=2)
    assert sheet.shape == (3 * 136 + 8, 2 * 280, 3)
    blue = (sheet == (0, 114, 178)).all(axis=-1)
    assert blue.any()
    assert Image.open(io.BytesIO(seen._repr_png_())).size == seen.sheet().shape[1::-1]


def test_beside_a_skipped_picture_stands_that_it_is_skipped(holiday):
    seen = preview(f"faces:{holiday}", size=32)
    sheet = seen.sheet(columns=1)
    for number, image in enumerate(seen.images):
        beside = sheet[number * 136 + 8 : (number + 1) * 136, 8 + 128 + 4 : -8]
        words = (np.abs(beside.astype(int) - 0x6B).max(axis=-1) < 4).sum()
        assert (image is not None) or 50 < words < 2_000


def test_a_preview_is_of_the_same_pictures_every_time(tmp_path):
    folder = write_folder(tmp_path / "many", {f"{number}.jpg": encoded(number=number) for number in range(50)})
    first, second = (preview(f"folder:{folder}", size=16, count=8) for _ in range(2))
    np.testing.assert_array_equal(first.sheet(), second.sheet())


def test_a_preview_and_loading_agree_about_a_huge_photo_and_a_ribbon(tmp_path, monkeypatch, portrait):
    files = {"huge.jpg": photo(portrait, 40, 40, kind="JPEG", side=200)[1], "ribbon.png": encoded(17, 4000, kind="PNG")}
    folder = write_folder(tmp_path / "odd", files)
    monkeypatch.setattr(decode, "PHOTO_PIXELS", 100_000)
    for kind, used in (("folder", {"huge.jpg", "ribbon.png"}), ("faces", {"huge.jpg"})):
        loaded = data.load(f"{kind}:{folder}", size=64, split="all")
        seen = preview(f"{kind}:{folder}", size=64)
        assert set(loaded.names) == used
        assert seen.skipped == loaded.provenance["skipped"]
        shown = {image.tobytes() for image in seen.images if image is not None}
        assert shown == {image.tobytes() for image in loaded.images}


@pytest.mark.parametrize("size", [0, 5000])
def test_a_preview_has_the_sizes_that_loading_has(holiday, size):
    with pytest.raises(FacegenError, match="8 to 1024 pixels"):
        preview(f"folder:{holiday}", size=size)


def test_a_preview_of_nothing_is_no_preview(tmp_path, holiday):
    (tmp_path / "empty").mkdir()
    with pytest.raises(FacegenError, match="holds no pictures. Put .jpg"):
        preview(f"folder:{tmp_path / 'empty'}")
    with pytest.raises(FacegenError, match="one picture or more, got count=-3"):
        preview(f"folder:{holiday}", count=-3)


def test_a_preview_of_a_grey_set_and_of_no_folder(tmp_path):
    assert preview("lfw-mini", size=25, count=3).images[0].shape == (25, 25, 1)
    with pytest.raises(FacegenError, match="does not exist"):
        preview(f"folder:{tmp_path / 'nowhere'}")
