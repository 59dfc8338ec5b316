"""Every set by its catalogue name, on small archives of the form that its publisher gives it in."""

import io
import pickle
import re

import numpy as np
import pytest
import scipy.io
from conftest import encoded, pixels, write_folder, write_idx, write_tar, write_zip
from PIL import Image

from facegen_lib import data
from facegen_lib.data import arrays, catalog, openers
from facegen_lib.errors import FacegenError

RNG = np.random.default_rng(0)


def load(name, split="all", size=32):
    return data.load(name, size=size, split=split)


def labels_by_name(faces):
    columns = {label: values.tolist() for label, values in faces.labels.items()}
    return {name: {label: values[row] for label, values in columns.items()} for row, name in enumerate(faces.names)}


def test_a_wrong_name_suggests_the_nearest_and_your_own_photos():
    with pytest.raises(
        FacegenError, match=r'No data set is called "utkfaces". Did you mean "utkface"\?.* folder:utkfaces'
    ):
        load("utkfaces")


@pytest.mark.parametrize("split", ["test", "Train", ""])
def test_a_wrong_split_names_the_three(split):
    with pytest.raises(FacegenError, match=r"No split is called .* There are: all, held_out, train"):
        load("lfw-mini", split)


@pytest.mark.parametrize("size", [0, 7, 1025, -64, 64.5, "64", None])
def test_a_size_that_no_image_has_is_refused(size):
    with pytest.raises(FacegenError, match=r"8 to 1024 pixels"):
        load("lfw-mini", size=size)


def test_a_path_or_nothing_for_a_name_is_told_how_own_photos_are_named(tmp_path):
    for wrong in (tmp_path, None):
        with pytest.raises(
            FacegenError, match=r'called by its name, in words; got .* Your own photos are "folder:PATH"'
        ):
            load(wrong)


@pytest.mark.parametrize("kind", ["folder", "faces"])
def test_no_path_does_not_mean_the_present_folder(kind, tmp_path, monkeypatch):
    write_folder(tmp_path, {"a.jpg": encoded()})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FacegenError, match=rf"^{kind}: needs a path, e.g. {kind}:~/photos\.$"):
        load(f"{kind}:")


@pytest.mark.parametrize("path", ["nowhere", "~/surely/not/here"])
def test_a_folder_that_does_not_exist_is_named(path):
    with pytest.raises(FacegenError, match=r"does not exist. Name a folder of pictures"):
        load(f"folder:{path}")


def test_facegen_data_must_name_a_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("FACEGEN_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(FacegenError, match=r"FACEGEN_DATA names .*nowhere, which is not a folder"):
        load("utkface")


@pytest.mark.parametrize("form", ["UTKFace.tar", "UTKFace.tar.gz", "UTKFace.zip", "UTKFace"])
def test_utkface_has_its_labels_in_its_names(data_folder, form):
    names = {
        "26_1_2_20170116184024662.jpg.chip.jpg": (26, 1, 2),
        "1_0_4_20161219222752047.jpg.chip.jpg": (1, 0, 4),
        "39_1_20170116174525125.jpg.chip.jpg": (39, 1, -1),  # as in the archive: the race is missing
        "61_3_20170109150557335.jpg.chip.jpg": (61, -1, -1),
        "200_0_9_20170116174525125.jpg.chip.jpg": (-1, 0, -1),
        "portrait.jpg": (-1, -1, -1),
    }
    files = {f"UTKFace/{name}": encoded(200, 200, number) for number, name in enumerate(names)}
    if form == "UTKFace":
        write_folder(data_folder, files)
    elif form.endswith("zip"):
        write_zip(data_folder / form, files)
    else:
        write_tar(data_folder / form, files, "w:gz" if form.endswith("gz") else "w")
    found = {name.split("/")[-1]: tuple(labels.values()) for name, labels in labels_by_name(load("utkface")).items()}
    assert found == names


def scene(number):
    """A scene as NLVR has them: three boxes of one colour each, parted by two grey bars."""
    pixels = np.full((100, 400, 4), (128, 128, 128, 255), "uint8")
    for box in range(3):
        pixels[:, 150 * box : 150 * box + 100, :3] = (10 * number, 80 * box, 200)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def test_nlvr_gives_three_boxes_of_each_scene_without_the_bars(data_folder):
    files = {f"nlvr/train/images/{number}/train-{number}-0-0.png": scene(number) for number in range(4)}
    files |= {
        "nlvr/train/images/9/train-9-0-0.png": encoded(300, 300, kind="PNG"),
        "nlvr/logo.png": encoded(kind="PNG"),
    }
    write_tar(data_folder / "nlvr.tar", files)
    boxes = load("nlvr")
    assert len(boxes) == 12
    for name, image, box in zip(boxes.names, boxes.images, boxes.labels["box"], strict=True):
        number = int(re.search(r"train-(\d)", name)[1])
        assert (image == (10 * number, 80 * box, 200)).all()
    assert set(boxes.provenance["skipped"].values()) == {"is no scene of 400×100 (300×300)"}


def test_boxes_of_scenes_that_were_presented_together_stay_together(data_folder):
    orders = [(number, text, order) for number in range(60) for text in range(2) for order in range(2)]
    files = {f"nlvr/images/train-{number}-{text}-{order}.png": scene(number % 25) for number, text, order in orders}
    write_tar(data_folder / "nlvr.tar.gz", files, "w:gz")
    sides = {
        split: set(re.findall(r"train-\d+", " ".join(load("nlvr", split).names))) for split in ("train", "held_out")
    }
    assert sides["train"] & sides["held_out"] == set()
    assert min(map(len, sides.values())) > 0


@pytest.mark.parametrize("form", ["102flowers.tgz", "102flowers.tar"])
def test_flowers_have_their_kind_where_the_table_is(data_folder, form):
    files = {f"jpg/image_{number:05}.jpg": encoded(120, 90, number) for number in (3, 1, 2)}
    write_tar(data_folder / form, files, "w:gz" if form.endswith("tgz") else "w")
    without = load("flowers")
    assert without.labels == {}
    assert without.provenance["labels"] == "none: their file was not found"
    scipy.io.savemat(data_folder / "imagelabels.mat", {"labels": np.array([[77, 12]])})
    kinds = {name[4:]: labels["kind"] for name, labels in labels_by_name(load("flowers")).items()}
    assert kinds == {"image_00001.jpg": 77, "image_00002.jpg": 12, "image_00003.jpg": -1}


def test_a_broken_table_of_flowers_is_named(data_folder):
    write_tar(data_folder / "102flowers.tar", {"jpg/image_00001.jpg": encoded()})
    (data_folder / "imagelabels.mat").write_bytes(b"words")
    with pytest.raises(FacegenError, match=r"imagelabels.mat is damaged .* move it away to go without it"):
        load("flowers")


def celeba_table(form, names):
    columns = ["Bald", "Eyeglasses", "Smiling"]
    rows = {name: ["1" if number & bit else "-1" for bit in (1, 2, 4)] for number, name in enumerate(names)}
    if form == "csv":
        return "\n".join([",".join(["image_id", *columns]), *(",".join([name, *row]) for name, row in rows.items())])
    lines = [str(len(rows)), " ".join(columns) + " "]
    return "\n".join([*lines, *(f"{name} " + " ".join(value.rjust(2) for value in row) for name, row in rows.items())])


@pytest.mark.parametrize(("form", "place"), [("txt", "list_attr_celeba.txt"), ("csv", "Anno/list_attr_celeba.csv")])
@pytest.mark.parametrize("as_folder", [False, True], ids=["zip", "folder"])
def test_celeba_has_its_attributes_and_its_faces_in_the_middle(data_folder, form, place, as_folder):
    names = [f"{number:06}.jpg" for number in range(1, 9)]
    face = np.full((218, 178, 3), 30, "uint8")
    face[20:198] = 200  # the square in the middle
    buffer = io.BytesIO()
    Image.fromarray(face).save(buffer, "JPEG", quality=95)
    files = {f"img_align_celeba/{name}": buffer.getvalue() for name in names}
    if as_folder:
        write_folder(data_folder, files)
    else:
        write_zip(data_folder / "img_align_celeba.zip", files)
    write_folder(data_folder, {place: celeba_table(form, names[:7]).encode()})
    faces = load("celeba")
    found = {name[-10:]: tuple(labels.values()) for name, labels in labels_by_name(faces).items()}
    expected = {name: (number & 1, (number & 2) // 2, number // 4) for number, name in enumerate(names[:7])}
    assert list(faces.labels) == ["Bald", "Eyeglasses", "Smiling"]
    assert found == expected | {names[7]: (-1, -1, -1)}
    assert abs(faces.images[:, 1:-1].astype(int) - 200).max() < 20


def test_celeba_41k_is_the_first_41000_by_name(data_folder):
    numbers = (1, 41_000, 41_001, 202_599)
    write_zip(
        data_folder / "img_align_celeba.zip", {f"img_align_celeba/{number:06}.jpg": encoded() for number in numbers}
    )
    assert {int(name[-10:-4]) for name in load("celeba-41k").names} == {1, 41_000}
    assert len(load("celeba")) == 4


@pytest.mark.parametrize("text", ["", "3\n", "3\nBald Smiling\n000001.jpg 1\n", "words"])
def test_a_broken_table_of_celeba_is_named(tmp_path, text):
    path = tmp_path / "list_attr_celeba.txt"
    path.write_text(text)
    with pytest.raises(FacegenError, match=r"list_attr_celeba.txt is damaged: a table of file names and attributes"):
        openers.celeba_attributes(path)


def test_lfw_keeps_every_person_on_one_side(data_folder):
    people = [f"Person_{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    files = {f"lfw/{person}/{person}_{number:04}.jpg": encoded(number=number) for person in people for number in (1, 2)}
    write_tar(data_folder / "lfw.tgz", files, "w:gz")
    train, held_out = load("lfw", "train"), load("lfw", "held_out")
    assert len(train) + len(held_out) == 52
    assert not set(train.labels["person"]) & set(held_out.labels["person"])
    assert {"Person A"} <= set(train.labels["person"]) | set(held_out.labels["person"])


MNIST = {
    "train": RNG.integers(0, 256, (30, 28, 28), dtype="uint8"),
    "t10k": RNG.integers(0, 256, (10, 28, 28), dtype="uint8"),
}


def write_mnist(folder, part, ending, dot="-"):
    digits = (np.arange(len(MNIST[part])) % 10).astype("uint8")
    write_idx(folder / f"{part}-images{dot}idx3-ubyte{ending}", MNIST[part])
    write_idx(folder / f"{part}-labels{dot}idx1-ubyte{ending}", digits)


@pytest.mark.parametrize(("ending", "dot"), [(".gz", "-"), ("", "-"), ("", ".")])
def test_mnist_loads_both_parts_or_the_one_it_finds_and_says_which(data_folder, ending, dot):
    write_mnist(data_folder, "t10k", ending, dot)
    half = load("mnist", size=28)
    assert half.provenance["parts"] == ["test"]
    assert half.provenance["missing"] == ["train"]
    assert "missing: ['train']" in repr(half)
    order = [int(name[-5:]) for name in half.names]
    np.testing.assert_array_equal(half.images[..., 0], MNIST["t10k"][order])
    np.testing.assert_array_equal(half.labels["digit"], np.array(order) % 10)
    write_mnist(data_folder, "train", ending, dot)
    whole = load("mnist", size=28)
    assert (len(whole), whole.provenance["parts"]) == (40, ["train", "test"])
    assert sorted(set(whole.labels["part"])) == ["test", "train"]


def test_mnist_as_keras_keeps_it(data_folder):
    parts = {f"x_{part}": MNIST[stem] for part, stem in (("train", "train"), ("test", "t10k"))}
    labels = {"y_train": np.arange(30) % 10, "y_test": np.arange(10)}
    np.savez(data_folder / "mnist.npz", **parts, **labels)
    assert len(load("mnist")) == 40


def test_mnist_with_images_but_no_labels_is_not_taken_for_mnist(data_folder, monkeypatch):
    write_idx(data_folder / "train-images-idx3-ubyte.gz", MNIST["train"])
    assert arrays.open_mnist() is None


def test_unpacked_mnist_is_known_to_be_here(data_folder):
    write_mnist(data_folder, "t10k", "")
    assert catalog.state("mnist").startswith(str(data_folder))


@pytest.mark.parametrize("damage", ["a byte", "other arrays", "a pickle", "no zip"])
def test_a_broken_mnist_npz_is_named(data_folder, damage):
    path = data_folder / "mnist.npz"
    if damage == "no zip":
        path.write_bytes(encoded())
    elif damage == "other arrays":
        np.savez(path, z=np.zeros(3))
    elif damage == "a pickle":
        np.savez(path, x_train=np.array([{}]), y_train=np.zeros(1), x_test=np.zeros(1), y_test=np.zeros(1))
    else:
        np.savez(path, x_train=MNIST["train"], y_train=np.arange(30), x_test=MNIST["t10k"], y_test=np.arange(10))
        spoilt = bytearray(path.read_bytes())
        spoilt[300] ^= 0xFF
        path.write_bytes(spoilt)
    with pytest.raises(FacegenError, match=r"mnist.npz is damaged"):
        load("mnist")


@pytest.mark.parametrize("damage", ["cut short", "words", "another type", "huge", "other labels"])
def test_a_broken_idx_file_is_named(data_folder, damage):
    write_mnist(data_folder, "t10k", "")
    path = data_folder / "t10k-images-idx3-ubyte"
    content = path.read_bytes()
    broken = {
        "cut short": content[:1000],
        "words": b"just words",
        "another type": content[:2] + b"\x0d" + content[3:],
        "huge": content[:4] + b"\xff" * 12 + content[16:],
        "other labels": content,
    }
    path.write_bytes(broken[damage])
    if damage == "other labels":
        write_idx(data_folder / "t10k-labels-idx1-ubyte", np.zeros(3, "uint8"))
    with pytest.raises(FacegenError, match=r"t10k-images.* damaged or cut short|for 3 labels"):
        load("mnist")


def test_olivetti_faces_stand_upright_from_mat_and_npz(data_folder):
    upright = np.zeros((400, 64, 64), "uint8")
    upright[:, :32, :] = 200  # bright above, dark below
    scipy.io.savemat(data_folder / "olivettifaces.mat", {"faces": upright.transpose(0, 2, 1).reshape(400, 4096).T})
    from_mat = load("olivetti", size=64)
    np.testing.assert_array_equal(from_mat.images[..., 0], upright)
    (data_folder / "olivettifaces.mat").unlink()
    np.savez(data_folder / "olivetti_faces.npz", images=upright / 255.0)
    np.testing.assert_array_equal(load("olivetti", size=64).images, from_mat.images)


def test_olivetti_keeps_every_person_on_one_side(data_folder):
    np.savez(data_folder / "olivetti_faces.npz", faces=RNG.integers(0, 256, (400, 64, 64), dtype="uint8"))
    train, held_out = load("olivetti", "train"), load("olivetti", "held_out")
    assert not set(train.labels["person"]) & set(held_out.labels["person"])
    assert np.bincount(np.concatenate([train.labels["person"], held_out.labels["person"]])).tolist() == [10] * 40
    assert len(held_out) > 0


@pytest.mark.parametrize(("name", "content"), [("olivettifaces.mat", b"words"), ("olivetti_faces.npz", b"words")])
def test_broken_olivetti_faces_are_named(data_folder, name, content):
    (data_folder / name).write_bytes(content)
    with pytest.raises(FacegenError, match=rf"{name} is damaged"):
        load("olivetti")


def test_an_npz_without_faces_is_named(data_folder):
    for stored in ({"flowers": np.zeros(3)}, {"faces": np.zeros((2, 8, 8))}):
        np.savez(data_folder / "olivetti_faces.npz", **stored)
        with pytest.raises(FacegenError, match=r"it holds no 64×64 `faces` or `images`"):
            load("olivetti")


def cifar_batch(number, count=4):
    images = RNG.integers(0, 256, (count, 3, 32, 32), dtype="uint8")
    names = [f"thing_s_{number}{index:05}.png".encode() for index in range(count)]
    batch = {b"data": images.reshape(count, -1), b"labels": list(range(count)), b"filenames": names}
    return images.transpose(0, 2, 3, 1), pickle.dumps(batch, protocol=2)


@pytest.mark.parametrize("as_folder", [False, True], ids=["archive", "folder"])
def test_cifar10_is_read_from_its_batches(data_folder, as_folder):
    batches = {f"data_batch_{number}": cifar_batch(number) for number in range(1, 6)} | {"test_batch": cifar_batch(6)}
    files = {f"cifar-10-batches-py/{name}": packed for name, (_, packed) in batches.items()}
    files["cifar-10-batches-py/batches.meta"] = b"not wanted"
    if as_folder:
        write_folder(data_folder, files)
    else:
        write_tar(data_folder / "cifar-10-python.tar.gz", files, "w:gz")
    things = load("cifar10")
    assert len(things) == 24
    where = list(things.names).index("thing_s_300002.png")
    np.testing.assert_array_equal(things.images[where], batches["data_batch_3"][0][2])
    assert things.labels["kind"][where] == "bird"


class Evil:
    def __reduce__(self):
        return (print, ("this pickle has run",))


@pytest.mark.parametrize(
    "packed", [pickle.dumps(Evil()), pickle.dumps({b"data": 1}), b"words"], ids=["evil", "wrong", "no pickle"]
)
def test_a_pickle_may_build_arrays_and_nothing_else(data_folder, packed, capsys):
    write_folder(data_folder, {"cifar-10-batches-py/data_batch_1": packed})
    with pytest.raises(FacegenError, match=r"cifar-10-batches-py is damaged"):
        load("cifar10")
    assert "has run" not in capsys.readouterr().out


def test_mnist_mini_has_every_digit():
    digits = load("mnist-mini", size=28)
    assert digits.images.shape == (5000, 28, 28, 1)
    assert np.bincount(digits.labels["digit"]).tolist() == [500] * 10


def test_lfw_mini_has_faces_and_others():
    patches = load("lfw-mini", size=25)
    assert patches.images.shape == (200, 25, 25, 1)
    assert patches.labels["face"].sum() == 100


@pytest.mark.parametrize("kind", ["portraits", "shapes"])
def test_painted_sets_come_with_everything_that_is_known_of_them(kind, monkeypatch):
    monkeypatch.setitem(catalog.PAINTED, kind, (kind, 150))
    monkeypatch.setattr(arrays, "PAINTED_AT_A_TIME", 50)
    images = load(kind, size=16)
    assert images.images.shape == (150, 16, 16, 3)
    assert len(images.labels) >= 6
    assert len(np.unique(images.images.reshape(150, -1), axis=0)) > 100  # low towers recur, and nothing else
    assert sorted(images.names)[::149] == [f"{kind}-00000", f"{kind}-00149"]


def test_painted_sets_are_painted_at_the_size_asked_for_as_far_as_it_goes(monkeypatch):
    monkeypatch.setattr(arrays, "PAINTED_AT_A_TIME", 50)

    def first(size):
        return next(iter(arrays.open_painted("shapes", 50, size).items())).payload.shape[0]

    assert (first(8), first(48), first(200)) == (16, 48, 128)


def test_your_own_photos_may_lie_in_an_archive(tmp_path):
    write_zip(tmp_path / "photos.zip", {"a.jpg": encoded(), "b/c.png": encoded(kind="PNG")})
    assert sorted(load(f"folder:{tmp_path / 'photos.zip'}").names) == ["a.jpg", "b/c.png"]


def test_every_sheet_says_everything_and_every_set_can_be_opened():
    assert set(catalog.SHEETS) == set(catalog.OPENERS) | set(catalog.PAINTED)
    for name in catalog.SHEETS:
        sheet = data.sheet(name)
        assert all([sheet.title, sheet.publisher, sheet.licence, sheet.size, sheet.consent, sheet.bias])
        assert (name in catalog.PAINTED or name.endswith("-mini")) == (catalog.state(name) == "ready")
        assert not (sheet.files and sheet.by_hand)
        assert bool(sheet.archives) == bool(sheet.files or sheet.by_hand)


def test_a_sheet_reads_well_in_a_terminal_and_in_a_notebook():
    sheet = data.sheet("utkface")
    text = str(sheet)
    assert text.splitlines()[0] == "utkface"
    assert max(map(len, text.splitlines())) <= 100
    assert "not asked" in " ".join(text.split())
    table = sheet._repr_markdown_().splitlines()
    assert table[1] == "| --- | --- |"
    assert {row.count("|") for row in table} == {3}


def test_an_unknown_sheet_suggests_the_nearest():
    with pytest.raises(FacegenError, match='Did you mean "celeba"'):
        data.sheet("celebs")


@pytest.mark.parametrize("ask", [data.sheet, catalog.fetch_set])
def test_own_photos_have_no_sheet_and_a_preview_is_named_in_its_place(ask):
    with pytest.raises(FacegenError, match=r"is your own.*`facegen data preview 'folder:/my photos'` shows"):
        ask("folder:/my photos")


def test_provenance_names_the_publisher_and_the_licence():
    provenance = load("lfw-mini").provenance
    assert "Huang" in provenance["publisher"]
    assert "BSD" in provenance["licence"]


def test_pixels_of_the_tests_differ():
    assert not np.array_equal(pixels(8, 8, 0), pixels(8, 8, 1))
