"""The look of every figure in the book, set by importing this room.

Figures are opaque light cards with dark ink, so they read the same on a light page, on a dark page and on paper. The
colours can be told apart with any kind of colour vision (Okabe and Ito, *Color Universal Design*, 2008), and two of
them never change their meaning: what is real, and the discriminator that defends it, is blue; what is fake, and the
generator that makes it, is vermilion.
"""

import matplotlib as mpl
from cycler import cycler
from matplotlib.colors import LinearSegmentedColormap

REAL = "#0072B2"  # blue: data, real images, the discriminator
FAKE = "#D55E00"  # vermilion: samples, fake images, the generator
THIRD = "#009E73"  # green: whatever is compared with the two, such as an optimum or a mixture
FAINT = "#8A8A8A"  # grey: guides, references, what is only there for orientation
QUIET = "#6B6B6B"  # darker grey: words about guides, which must be read
CARD = "#FBFAF6"
INK = "#24292F"
FAKE_TO_REAL = LinearSegmentedColormap.from_list("fake_to_real", [FAKE, CARD, REAL])  # a discriminator's 0, ½ and 1
CYCLE = [THIRD, "#CC79A7", "#E69F00", "#5B4A9C", "#56B4E9", "#7A5C3E", FAINT]  # neither real nor fake
GAMES = dict(
    zip(("vanilla", "dcgan", "wgan", "wgan-gp", "vae"), CYCLE, strict=False)
)  # one colour each, in all figures

SETTINGS = {
    "figure.facecolor": CARD,
    "axes.facecolor": CARD,
    "savefig.facecolor": CARD,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.figsize": (7.5, 3.2),  # inches; 825 pixels wide: the width of a notebook cell
    "figure.dpi": 110,
    "savefig.dpi": 110,
    "figure.constrained_layout.use": True,  # so that nothing is cut off and every picture has the size it was given
    "figure.constrained_layout.w_pad": 0.1,  # inches
    "figure.constrained_layout.h_pad": 0.08,
    "font.size": 10.5,
    "axes.titlesize": 11.5,
    "axes.titlelocation": "left",
    "axes.labelsize": 10.5,
    "legend.frameon": True,  # so that names can be read where they lie on a curve
    "legend.facecolor": CARD,
    "legend.edgecolor": "none",
    "legend.framealpha": 0.85,
    "legend.fontsize": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": cycler(color=CYCLE),
    "lines.linewidth": 2.0,
    "image.cmap": "gray",
    "image.interpolation": "nearest",
}


def apply() -> None:
    """Set the style for every figure drawn from now on; call it again to undo changes of your own."""
    mpl.rcParams.update(SETTINGS)


apply()
