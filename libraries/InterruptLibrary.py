"""What befalls a device or the relay at a moment: a sentence for each means and each moment."""

from __future__ import annotations

import inspect

from syncproof.keywords.interrupts import manual_table
from syncproof.keywords.sentences import page


@page("Interrupt")
class InterruptLibrary:
    """What befalls a device or the relay at a moment: a sentence for each means and each moment.

    A *means* is what befalls somebody: ``${device}'s network is cut``. By itself it happens now, and is described in
    NetworkLibrary or DevicesLibrary. A *moment* says when instead: ``after ${who} has received ${count} messages``.
    Each means goes with each moment:

    | Given Alice and Bob are syncing
    | When Alice sends 50 messages
    | And Bob's network is cut after he has received 20 messages
    | And Bob's network is restored after 10 seconds
    | Then Bob should receive all 50 messages within 30 seconds

    Such a sentence waits until its moment, holds back what would come next, and begins: the fault comes exactly
    behind the 20th message, and the 21st behind the fault. How it ends, and what makes it inconclusive, its means says.

    %TOC%

    = Means =

    MEANS

    = Moments =

    The words behind "or" are for the device that the sentence begins with, so not for the relay. For the entries see
    the keywords: a moment means the same with each means.

    MOMENTS
    """


# libdoc reads it from the class.
InterruptLibrary.__doc__ = manual_table(inspect.getdoc(InterruptLibrary) or "")
