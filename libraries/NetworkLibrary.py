"""What goes wrong between devices: links that are cut, slow, silent or flapping, and the relay."""

from __future__ import annotations

from syncproof.keywords.sentences import page


@page("Network")
class NetworkLibrary:
    """What goes wrong between devices: links that are cut, slow, silent or flapping, and the relay.

    ``resources/sync.resource`` imports this library, and is all that a scenario needs:

    | Given Alice and Bob are syncing
    | When Alice sends 50 messages
    | And Bob's network is cut after he has received 20 messages
    | And Bob's network is restored after 10 seconds
    | Then Bob should receive all 50 messages within 30 seconds

    %TOC%

    = Links =

    Each device has a link of its own to the relay, through a Toxiproxy: the embedded one, or the one that the variable
    TOXIPROXY_URL names. So each device can be cut off alone, and the faults are real. What a sentence does to what
    comes to a device does not touch what the device sends, unless the sentence says so.

    Where a product has more nodes than one server, each of them is called as in its manifest (``the store``, ``the
    relay 2``), and each link between two of them as well: ``the link between the relay 2 and the store is cut``.
    Whatever befalls the link of a device can befall such a link, or ``all links``. Which nodes and links there are
    ``robot --dryrun`` says where a scenario names another.

    = Packets =

    Some sentences act on real packets, below TCP: they lose them, hold them up, or let them pass one way only. A test
    that says one has the tag ``kernel``, so that its devices get a network of their own: that of their container, or
    one that an ordinary user may make on this machine. Where neither can be had, the test is skipped, and says why.
    The proof is what the kernel has counted: ``Bob: 28 of 282 packets dropped (9.9%)``. With the tag ``unscaled`` a
    test runs at TIME_SCALE 1, because TCP's own times do not scale.

    = How a fault begins =

    Either now: the messages that are due are handed to the devices first, and nothing says how many have arrived. Or
    at a moment, see InterruptLibrary. With ``after he has received 20 messages`` the messages of the others are let
    through up to the 20th, the fault begins when it has arrived, and the 21st is sent behind that.

    = A fault has to bite =

    Each fault must be seen to take effect, by an exchange of the harness's own through the same link (or by the state
    of the process), and something must have been outstanding at the device while it lasted: a message to it or of it,
    a read marker that the relay does not know, an attachment in transfer, a verification. Otherwise the test has shown
    nothing, and fails as *inconclusive*, when it ends: ``nothing was outstanding at Bob while the cut on Bob lasted``.

    = How a fault ends =

    | =Fault=                                 | =Ended by=                                                  |
    | cut, silence, breaking off              | `${device}'s network is restored after ${duration}`         |
    | upload that is cut                      | `${device}'s network is restored after ${duration}`         |
    | the same on another link, or on all     | `the link between ${ends} is restored after ${duration}`    |
    | cut of several devices at once          | `the networks of ${devices} are restored after ${duration}` |
    | lost replies                            | `replies reach ${device} again after ${duration}`           |
    | limit of bandwidth, thin line           | `${device}'s bandwidth is back after ${duration}`           |
    | lost packets, one-way partition         | `${device}'s packets pass again after ${duration}`          |
    | relay or another node killed            | `the ${server} is restarted after ${duration}`              |
    | paused relay or another node            | `the ${server} is resumed after ${duration}`                |
    | unplugged                               | `${device}'s network is plugged in elsewhere after ${duration}` |
    | attachment lost or damaged on the relay | `the relay has ${device}'s attachment whole again after ${duration}` |
    | flapping                                | the last message that is due                                |
    | latency, small pieces, degraded network | the end of the test                                         |
    | long line, somebody who swaps keys      | the end of the test                                         |

    Every fault ends with its test at the latest; where its end is enqueued, the test waits for that. The sentences
    that end one *enqueue*; their time counts from the beginning of the fault. A fault has ended when an exchange of
    the harness's own through the link was answered: deadlines begin then. One that can still be found after 30
    seconds more fails the test: not the system is broken then, but the proxy or the relay.

    = Time and amounts =

    The variable TIME_SCALE multiplies durations and divides rates. Sizes and counts stay as they are written.
    """
