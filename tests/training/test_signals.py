"""Who asks a process to end is heard, once or twice, and not where it was told to be deaf."""

import os
import signal
import threading

import pytest

from facegen_lib.training import signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_end_is_heard_as_often_as_it_comes_and_nothing_stays_changed(number, monkeypatch):
    before, heard = signal.signal(number, signal.SIG_DFL), []
    try:
        with signals.heard(lambda: heard.append(number)):
            os.kill(os.getpid(), number)
            os.kill(os.getpid(), number)
        assert heard == [number, number] and signal.getsignal(number) == signal.SIG_DFL
    finally:
        signal.signal(number, before)


def test_a_second_ctrl_c_ends_at_once():
    before, heard = signal.signal(signal.SIGINT, signal.default_int_handler), []
    try:
        with pytest.raises(KeyboardInterrupt), signals.heard(lambda: heard.append(1)):
            os.kill(os.getpid(), signal.SIGINT)
            assert heard == [1]
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_hang_up_under_nohup_is_not_heard():
    before, heard = signal.signal(signal.SIGHUP, signal.SIG_IGN), []
    try:
        with signals.heard(lambda: heard.append(1)):
            os.kill(os.getpid(), signal.SIGHUP)
        assert heard == []
    finally:
        signal.signal(signal.SIGHUP, before)


def test_in_another_thread_nothing_is_touched():
    before, inside = signal.getsignal(signal.SIGINT), []

    def train():
        with signals.heard(lambda: None):
            inside.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=train)
    thread.start()
    thread.join()
    assert inside == [before]
