"""How large a layer's output is, how many weights it holds and how much it computes, by arithmetic alone.

Sizes follow Dumoulin and Visin, *A guide to convolution arithmetic for deep learning*, 2016, relations 6 and 13. All
functions take one side of a square: apply the size functions to height and width separately if they differ.
"""

from facegen_lib.errors import FacegenError


def conv_output_size(size: int, kernel: int, stride: int = 1, padding: int | str = "same") -> int:
    """Pixels along one side after a convolution or a pooling.

    ⌊(size + 2·padding − kernel) / stride⌋ + 1;  "valid" is padding 0;  "same" pads until ⌈size / stride⌉ come out.

    Args:
        size: pixels along one side of the input.
        kernel: pixels along one side of the kernel.
        stride: pixels from one position of the kernel to the next.
        padding: rows of zeros added on each side, or Keras's "same" or "valid".

    Raises:
        FacegenError: the padding is unknown, or the kernel does not fit into the padded input even once.
    """
    if padding == "same":
        return -(-size // stride)
    fits = size + 2 * rows_of(padding) - kernel
    if fits < 0:
        raise FacegenError(f"A kernel of {kernel} does not fit into {size} pixels with padding {padding!r}.")
    return fits // stride + 1


def transposed_conv_output_size(size: int, kernel: int, stride: int = 1, padding: int | str = "same") -> int:
    """Pixels along one side after a transposed convolution: what a convolution would need to give `size`.

    (size − 1)·stride + kernel − 2·padding;  "valid" is padding 0, but never less than size·stride comes out;  "same"
    gives size·stride. Arguments and errors as for `conv_output_size`; here padding is cut off rather than added.
    """
    if padding == "same" or (padding == "valid" and kernel < stride):
        return size * stride
    whole = (size - 1) * stride + kernel - 2 * rows_of(padding)
    if whole < 1:
        raise FacegenError(f"Padding {padding!r} cuts everything off that a kernel of {kernel} makes of {size} pixels.")
    return whole


def rows_of(padding: int | str) -> int:
    """Padding as a number of rows on each side; FacegenError unless it is "valid" or a whole number from 0."""
    if padding == "valid":
        return 0
    if isinstance(padding, int) and padding >= 0:
        return padding
    raise FacegenError(f'Padding is "same", "valid" or a number of rows from 0 on; got {padding!r}.')


def parameters(kernel: int, channels_in: int, channels_out: int, bias: bool = True) -> int:
    """Weights of a convolution, transposed or not: kernel²·channels_in·channels_out, and one bias per output channel.

    A dense layer is a kernel of 1 with its inputs and outputs as channels.
    """
    return kernel**2 * channels_in * channels_out + bias * channels_out


def multiply_adds(positions: int, kernel: int, channels_in: int, channels_out: int) -> int:
    """Multiplications, each followed by an addition, for one image: positions²·kernel²·channels_in·channels_out.

    Args:
        positions: places of the kernel along one side. For a convolution these are the pixels of its *output*; for a
            transposed convolution those of its *input*, since each input pixel stamps one kernel. Zeros of the padding
            count, as hardware multiplies them too.
        kernel: pixels along one side of the kernel; 1, at one position, for a dense layer.
        channels_in: channels of the input.
        channels_out: channels of the output.
    """
    return positions**2 * kernel**2 * channels_in * channels_out
